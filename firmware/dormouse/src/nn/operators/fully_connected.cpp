#include "../kernels/fully_connected.h"
#include "../kernels/fully_connected16.h"

#include "wide.h"

namespace dormouse {
namespace nn {

using namespace schema;

namespace {
struct Params {
  FullyConnectedParams kernel;
  Weighted parts;
};

struct WideParams {
  WideFullyConnectedParams kernel;
  Weighted parts;
  WideBias bias;
};

template <typename Kernel>
bool makeShape(Preparation& p, const Weighted& parts, Kernel* kernel, WeightedOperator* weighted) {
  const Tensor* const weights = parts.weights;
  const Tensor* const output = p.output();
  if (p.file().byteField(p.options(), kDenseWeightsFormat, 0) != 0)
    return p.unsupported("has shuffled weights");
  kernel->channels = static_cast<uint32_t>(weights->dims[0]);
  kernel->depth = static_cast<uint32_t>(weights->dims[1]);
  const uint32_t inputs = elementsOf(*parts.input);
  kernel->batches = inputs / kernel->depth;
  if (kernel->batches * kernel->depth != inputs ||
      static_cast<uint64_t>(kernel->batches) * kernel->channels != elementsOf(*output) || output->rank == 0 ||
      dimOf(*output, output->rank - 1u) != weights->dims[0])
    return p.damaged("has weights whose shape does not fit its input and output");
  weighted->input = parts.input;
  weighted->weights = weights;
  weighted->bias = parts.bias;
  weighted->channels = kernel->channels;
  weighted->dimension = 0;
  weighted->depth = kernel->depth;
  weighted->activation = p.file().byteField(p.options(), kDenseActivation, kNone);
  return p.addMacs(static_cast<uint64_t>(kernel->batches) * kernel->channels * kernel->depth);
}

bool prepare(Preparation& p) {
  Params* const params = p.makeParams<Params>();
  if (params == nullptr || !expectWeighted<int8_t>(p, 2, &params->parts)) return false;
  FullyConnectedParams& kernel = params->kernel;
  WeightedOperator weighted;
  if (!makeShape(p, params->parts, &kernel, &weighted)) return false;
  const int32_t zeroPoint = params->parts.weights->zeroPoint;
  kernel.inputOffset = static_cast<int16_t>(-params->parts.input->zeroPoint);
  if (zeroPoint < -128 || zeroPoint > 127) return p.damaged("has a zero point out of range");
  kernel.weightsOffset = static_cast<int16_t>(-zeroPoint);
  return p.expectBias(weighted.bias, weighted.channels) &&
         makeRequantization(p, weighted, &kernel.requantization) &&
         p.needScratch(fullyConnectedScratchBytes(kernel));
}

bool prepareWide(Preparation& p) {
  WideParams* const params = p.makeParams<WideParams>();
  if (params == nullptr || !expectWeighted<int16_t>(p, 2, &params->parts)) return false;
  WideFullyConnectedParams& kernel = params->kernel;
  WeightedOperator weighted;
  if (!makeShape(p, params->parts, &kernel, &weighted) ||
      !makeWideBias(p, weighted.bias, weighted.channels, true, &params->bias))
    return false;
  if (params->parts.weights->zeroPoint != 0) return p.unsupported("has weights with a zero point");
  return makeWideRequantization(p, weighted, params->bias, p.file().byteField(p.options(), kDenseBiasType, 0),
                                &kernel.requantization);
}

void run(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  const Weighted& parts = params.parts;
  DORMOUSE_CALL(fullyConnected, params.kernel, int8Data(parts.input), int8Data(parts.weights),
                int32Data(parts.bias), outputOf<int8_t>(node));
}

void runWide(const Node& node) {
  const WideParams& params = *static_cast<const WideParams*>(node.params);
  DORMOUSE_CALL(fullyConnected16, params.kernel, valuesOf<int16_t>(params.parts.input),
                int8Data(params.parts.weights), params.bias, outputOf<int16_t>(node));
}
}  // namespace

const Operation kFullyConnectedOperation = {kFullyConnected, "FULLY_CONNECTED", prepare, run};
const Operation kFullyConnectedInt16Operation = {kFullyConnected + kWideForm, "FULLY_CONNECTED_INT16",
                                                 prepareWide, runWide};

}  // namespace nn
}  // namespace dormouse
