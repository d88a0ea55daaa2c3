// LOGISTIC and TANH.
#include "../../math/exact.h"

#include "../../math/math.h"
#include "../kernels/sigmoid.h"
#include "../kernels/sigmoid16.h"

#include "common.h"

namespace dormouse {
namespace nn {

using namespace schema;

namespace {
struct Params {
  SigmoidParams kernel;
  const Tensor* input;
};

bool prepare(Preparation& p) {
  if (!p.expectTensors(1, 1, 1)) return false;
  const Tensor* const input = p.input(0);
  const Tensor* const output = p.output();
  if (!p.expectInt8(input) || !p.expectInt8(output)) return false;
  if (elementsOf(*input) != elementsOf(*output))
    return p.damaged("has an output whose shape does not follow from its input");
  const bool isLogistic = p.code() == kLogistic;
  if (output->scale != (isLogistic ? 1.0f / 256.0f : 1.0f / 128.0f) ||
      output->zeroPoint != (isLogistic ? -128 : 0))
    return p.unsupported("has an unusual output scale");
  Params* const params = p.makeParams<Params>();
  if (params == nullptr) return false;
  params->input = input;
  SigmoidParams& kernel = params->kernel;
  kernel.count = elementsOf(*input);
  kernel.inputZeroPoint = input->zeroPoint;
  // With scales too large for the multiplier every input but zero lies at an end of the range: radius 0.
  if (quantiseRatio(timesPowerOfTwo(realOf(input->scale), 27), 1.0f, &kernel.multiplier)) {
    if (kernel.multiplier.shift < 0 || kernel.multiplier.value == 0)
      return p.damaged("has a scale too small to tell values apart");
    kernel.radius = static_cast<int32_t>((15u << 27) >> kernel.multiplier.shift);
  }
  p.mayOverlap(input, 0);
  return p.addWork(static_cast<uint64_t>(kernel.count) * 32u) && p.needScratch(sigmoidScratchBytes(kernel));
}

void runLogistic(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  DORMOUSE_CALL(logisticOf, params.kernel, int8Data(params.input), outputOf<int8_t>(node), node.scratch);
}

void runTanh(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  DORMOUSE_CALL(tanhOf, params.kernel, int8Data(params.input), outputOf<int8_t>(node), node.scratch);
}

struct WideParams {
  Sigmoid16Params kernel;
  const Tensor* input;
};

// TFLite takes a scale for a power of two whose logarithm is within a thousandth of a whole number; below
// and above are what is left of that in float32, in the last places of 2^exponent.
struct Power {
  int32_t exponent;
  uint32_t below;
  uint32_t above;
};
const Power kTwelve = {-12, 11620, 5813};
const Power kEleven = {-11, 11624, 5815};
const Power kFifteen = {-15, 11628, 5817};

bool isNear(float scale, const Power& power) {
  const uint32_t whole = static_cast<uint32_t>(power.exponent + 127) << 23;
  return math::bitsOf(scale) - (whole - power.below) <= power.below + power.above;
}

// To 1 / 12288; TFLite cuts the multiplier off after its 15 bits.
bool makeMultiplier(float scale, bool isTanh, Sigmoid16Params* kernel) {
  kernel->shift = 0;
  if (isNear(scale, kTwelve) || (isTanh && isNear(scale, kEleven))) {
    kernel->multiplier = isNear(scale, kTwelve) ? 3 : 6;
    return true;
  }
  const Real real = realOf(scale);
  // multiplier = mantissa * 2^(exponent + shift), above 16383.5 with the least shift.
  const uint64_t mantissa = real.mantissa * 3u;
  const int32_t exponent = real.exponent + 12;
  const int32_t most = 31;
  while (kernel->shift < most) {
    const int32_t up = exponent + kernel->shift + 1;
    const uint64_t twice = up >= 0 ? mantissa << (up > 30 ? 30 : up) : (up < -40 ? 0 : mantissa >> -up);
    if (twice >= 32768u || (twice == 32767u && up < 0 && (mantissa & ((1ull << -up) - 1)) != 0)) break;
    kernel->shift++;
  }
  const int32_t up = exponent + kernel->shift;
  const uint64_t multiplier = up >= 0 ? mantissa << (up > 30 ? 30 : up) : (up < -40 ? 0 : mantissa >> -up);
  kernel->multiplier = static_cast<int32_t>(multiplier);
  return multiplier <= 32767u;
}

bool prepareWide(Preparation& p) {
  if (!p.expectTensors(1, 1, 1)) return false;
  const Tensor* const input = p.input(0);
  const Tensor* const output = p.output();
  if (!p.expectInt16(input) || !p.expectInt16(output)) return false;
  if (elementsOf(*input) != elementsOf(*output))
    return p.damaged("has an output whose shape does not follow from its input");
  if (!isNear(output->scale, kFifteen)) return p.unsupported("has an unusual output scale");
  WideParams* const params = p.makeParams<WideParams>();
  if (params == nullptr) return false;
  params->input = input;
  params->kernel.count = elementsOf(*input);
  if (!makeMultiplier(input->scale, p.code() == kTanh, &params->kernel))
    return p.damaged("has a scale too large for its function");
  p.mayOverlap(input, 0);
  return p.addWork(static_cast<uint64_t>(params->kernel.count) * 16u);
}

void runLogisticWide(const Node& node) {
  const WideParams& params = *static_cast<const WideParams*>(node.params);
  DORMOUSE_CALL(logisticOf16, params.kernel, valuesOf<int16_t>(params.input), outputOf<int16_t>(node));
}

void runTanhWide(const Node& node) {
  const WideParams& params = *static_cast<const WideParams*>(node.params);
  DORMOUSE_CALL(tanhOf16, params.kernel, valuesOf<int16_t>(params.input), outputOf<int16_t>(node));
}
}  // namespace

const Operation kLogisticOperation = {kLogistic, "LOGISTIC", prepare, runLogistic};
const Operation kLogisticInt16Operation = {kLogistic + kWideForm, "LOGISTIC_INT16", prepareWide,
                                           runLogisticWide};
const Operation kTanhOperation = {kTanh, "TANH", prepare, runTanh};
const Operation kTanhInt16Operation = {kTanh + kWideForm, "TANH_INT16", prepareWide, runTanhWide};

}  // namespace nn
}  // namespace dormouse
