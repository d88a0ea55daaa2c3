// UNIDIRECTIONAL_SEQUENCE_LSTM without peepholes, projection or layer normalisation, which TFLM has not
// either.
#include "../../math/exact.h"

#include "../../math/math.h"
#include "../kernels/lstm.h"

#include "wide.h"

namespace dormouse {
namespace nn {

using namespace schema;

namespace {
struct Params {
  LstmParams kernel;
  const Tensor* input;
  const Tensor* hidden;
  const Tensor* cells;
};

enum Inputs { kInput = 0, kHiddenState = 18, kCellState = 19, kInputCount = 24 };
// Of each gate, in the order of LstmParams: weights of the input, of the hidden state, bias.
const uint8_t kInputWeights[] = {2, 1, 3, 4};
const uint8_t kHiddenWeights[] = {6, 5, 7, 8};
const uint8_t kBias[] = {13, 12, 14, 15};

bool isPart(uint32_t index) {
  return index <= 8 || (index >= 12 && index <= 15) || index == kHiddenState || index == kCellState;
}

bool expectParts(Preparation& p) {
  for (uint32_t i = 0; i < kInputCount; i++) {
    if (isPart(i) && p.input(i) == nullptr) return p.damaged("lacks an input");
    if (!isPart(i) && p.input(i) != nullptr)
      return p.unsupported("has peepholes, a projection or a normalisation of layers");
  }
  return true;
}

bool expectWeights(Preparation& p, const Tensor* weights, uint32_t units, uint32_t depth) {
  if (!p.expectInt8(weights) || !p.expectConstant(weights) || !p.expectRank(weights, 2)) return false;
  if (weights->dims[0] != static_cast<int32_t>(units) || weights->dims[1] != static_cast<int32_t>(depth))
    return p.damaged("has weights whose shape does not fit its input and output");
  Vector scales = {0, 0};
  return p.expectChannelScales(weights, 1, 0, &scales);
}

// From a sum of products to Q3.12.
bool makeMultiplier(const Tensor& values, const Tensor& weights, Multiplier* multiplier) {
  return quantiseRatio(product(values.scale, weights.scale), 1.0f / 4096.0f, multiplier);
}

// int32, or of int16 values int64.
bool expectGateBias(Preparation& p, const Tensor* bias, uint32_t units, bool wide) {
  WideBias words;
  return wide ? makeWideBias(p, bias, units, false, &words) : p.expectBias(bias, units);
}

bool makeGates(Preparation& p, bool wide, LstmParams* kernel) {
  const Tensor* const input = p.input(kInput);
  const Tensor* const hidden = p.input(kHiddenState);
  for (uint32_t i = 0; i < kLstmGates; i++) {
    const Tensor* const fromInput = p.input(kInputWeights[i]);
    const Tensor* const fromHidden = p.input(kHiddenWeights[i]);
    const Tensor* const bias = p.input(kBias[i]);
    if (!expectWeights(p, fromInput, kernel->units, kernel->depth) ||
        !expectWeights(p, fromHidden, kernel->units, kernel->units) ||
        !expectGateBias(p, bias, kernel->units, wide))
      return false;
    LstmGate& gate = kernel->gates[i];
    gate.inputWeights = int8Data(fromInput);
    gate.hiddenWeights = int8Data(fromHidden);
    gate.bias = int32Data(bias);
    if (!makeMultiplier(*input, *fromInput, &gate.input) ||
        !makeMultiplier(*hidden, *fromHidden, &gate.hidden) ||
        (wide && (gate.input.shift > kMostWideShift || gate.hidden.shift > kMostWideShift)))
      return p.damaged("has scales that do not go together");
  }
  return true;
}

// The cells' scale is a power of two.
bool makeCells(Preparation& p, LstmParams* kernel) {
  const Tensor& cells = *p.input(kCellState);
  const Tensor& hidden = *p.input(kHiddenState);
  const uint32_t bits = math::bitsOf(cells.scale);
  const int32_t power = static_cast<int32_t>(bits >> 23) - 127;
  if (!usableScale(cells.scale) || (bits & 0x7FFFFFu) != 0 || power < -27 || power > 0)
    return p.unsupported("has cells whose scale is not a power of two");
  kernel->cellShift = static_cast<int8_t>(power + 12);
  const float one = 1.0f / 32768.0f;
  if (!quantiseRatio(product(one, cells.scale), cells.scale, &kernel->forgetTimesCell) ||
      !quantiseRatio(product(one, one), cells.scale, &kernel->inputTimesCell) ||
      !quantiseRatio(product(one, one), hidden.scale, &kernel->outputTimesCell))
    return p.damaged("has scales that do not go together");
  const float clip = p.file().floatField(p.options(), kLstmCellClip, 0.0f);
  if (clip > 0.0f) {
    const float stored = clip / cells.scale;
    kernel->clip = stored >= 32767.0f ? INT16_MAX : static_cast<int16_t>(stored);
    if (kernel->clip == 0) return p.unsupported("cuts its cells off at zero");
  }
  return true;
}

template <typename T>
bool makeSizes(Preparation& p, LstmParams* kernel) {
  const Tensor* const input = p.input(kInput);
  const Tensor* const hidden = p.input(kHiddenState);
  const Tensor* const cells = p.input(kCellState);
  const Tensor* const output = p.output();
  if (!TypeOf<T>::expect(p, input) || !TypeOf<T>::expect(p, hidden) || !TypeOf<T>::expect(p, output) ||
      !p.expectType(cells, kInt16) || !p.expectState(hidden) || !p.expectState(cells) ||
      !p.expectRank(input, 3) || !p.expectRank(output, 3))
    return false;
  kernel->timeMajor = p.file().byteField(p.options(), kLstmTimeMajor, 0) != 0;
  kernel->batches = static_cast<uint32_t>(input->dims[kernel->timeMajor ? 1 : 0]);
  kernel->steps = static_cast<uint32_t>(input->dims[kernel->timeMajor ? 0 : 1]);
  kernel->depth = static_cast<uint32_t>(input->dims[2]);
  kernel->units = static_cast<uint32_t>(output->dims[2]);
  const uint64_t kept = static_cast<uint64_t>(kernel->batches) * kernel->units;
  if (output->dims[0] != input->dims[0] || output->dims[1] != input->dims[1] || elementsOf(*hidden) != kept ||
      elementsOf(*cells) != kept)
    return p.damaged("has an output whose shape does not follow from its input");
  kernel->inputOffset = static_cast<int16_t>(-input->zeroPoint);
  kernel->hiddenOffset = static_cast<int16_t>(-hidden->zeroPoint);
  kernel->hiddenZeroPoint = hidden->zeroPoint;
  return true;
}

template <typename T>
bool prepare(Preparation& p) {
  if (!p.expectTensors(kInputCount, kInputCount, 1) || !expectParts(p)) return false;
  if (p.file().byteField(p.options(), kLstmActivation, kNone) != kTanhActivation)
    return p.unsupported("has another activation than TANH");
  Params* const params = p.makeParams<Params>();
  if (params == nullptr) return false;
  params->input = p.input(kInput);
  params->hidden = p.input(kHiddenState);
  params->cells = p.input(kCellState);
  LstmParams& kernel = params->kernel;
  if (!makeSizes<T>(p, &kernel) || !makeCells(p, &kernel) || !makeGates(p, sizeof(T) != 1, &kernel))
    return false;
  const uint64_t perStep = static_cast<uint64_t>(kernel.units) * kLstmGates * (kernel.depth + kernel.units);
  // Within 64 bits: every tensor is below 2^26 bytes.
  return p.addWork(perStep) && p.addMacs(perStep * kernel.batches * kernel.steps) &&
         p.needScratch(lstmScratchBytes(kernel));
}

void run(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  DORMOUSE_CALL(lstm, params.kernel, valuesOf<int8_t>(params.input),
                reinterpret_cast<int8_t*>(params.hidden->data),
                reinterpret_cast<int16_t*>(params.cells->data), outputOf<int8_t>(node), node.scratch);
}

void runWide(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  DORMOUSE_CALL(lstm16, params.kernel, valuesOf<int16_t>(params.input),
                reinterpret_cast<int16_t*>(params.hidden->data),
                reinterpret_cast<int16_t*>(params.cells->data), outputOf<int16_t>(node), node.scratch);
}
}  // namespace

const Operation kUnidirectionalSequenceLstmOperation = {kUnidirectionalSequenceLstm,
                                                        "UNIDIRECTIONAL_SEQUENCE_LSTM", prepare<int8_t>, run};
const Operation kUnidirectionalSequenceLstmInt16Operation = {
    kUnidirectionalSequenceLstm + kWideForm, "UNIDIRECTIONAL_SEQUENCE_LSTM_INT16", prepare<int16_t>, runWide};

}  // namespace nn
}  // namespace dormouse
