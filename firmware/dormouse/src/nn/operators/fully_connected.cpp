#include "../kernels/fully_connected.h"

#include "common.h"

namespace dormouse {
namespace nn {

using namespace schema;

namespace {
struct Params {
  FullyConnectedParams kernel;
  const Tensor* input;
  const Tensor* weights;
  const Tensor* bias;
};

bool prepare(Preparation& p) {
  if (!p.expectTensors(2, 3, 2)) return false;
  const Tensor* const input = p.input(0);
  const Tensor* const weights = p.input(1);
  const Tensor* const bias = p.input(2);
  const Tensor* const output = p.output();
  if (!p.expectInt8(input) || !p.expectType(weights, kInt8) || !p.expectConstant(weights) ||
      !p.expectInt8(output) || !p.expectRank(weights, 2))
    return false;
  if (p.file().byteField(p.options(), kDenseWeightsFormat, 0) != 0)
    return p.unsupported("has shuffled weights");
  Params* const params = p.makeParams<Params>();
  if (params == nullptr) return false;
  params->input = input;
  params->weights = weights;
  params->bias = bias;
  FullyConnectedParams& kernel = params->kernel;
  kernel.channels = static_cast<uint32_t>(weights->dims[0]);
  kernel.depth = static_cast<uint32_t>(weights->dims[1]);
  const uint32_t inputs = elementsOf(*input);
  kernel.batches = inputs / kernel.depth;
  if (kernel.batches * kernel.depth != inputs ||
      static_cast<uint64_t>(kernel.batches) * kernel.channels != elementsOf(*output) || output->rank == 0 ||
      dimOf(*output, output->rank - 1u) != weights->dims[0])
    return p.damaged("has weights whose shape does not fit its input and output");
  kernel.inputOffset = static_cast<int16_t>(-input->zeroPoint);
  if (weights->zeroPoint < -128 || weights->zeroPoint > 127)
    return p.damaged("has a zero point out of range");
  kernel.weightsOffset = static_cast<int16_t>(-weights->zeroPoint);
  const WeightedOperator weighted = {input,
                                     weights,
                                     bias,
                                     kernel.channels,
                                     0,
                                     kernel.depth,
                                     p.file().byteField(p.options(), kDenseActivation, kNone)};
  if (!p.expectBias(bias, kernel.channels) || !makeRequantization(p, weighted, &kernel.requantization))
    return false;
  const uint64_t macs = static_cast<uint64_t>(kernel.batches) * kernel.channels * kernel.depth;
  return p.addMacs(macs) && p.needScratch(fullyConnectedScratchBytes(kernel));
}

void run(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  DORMOUSE_CALL(fullyConnected, params.kernel, int8Data(params.input), int8Data(params.weights),
                int32Data(params.bias), reinterpret_cast<int8_t*>(node.output->data));
}
}  // namespace

const Operation kFullyConnectedOperation = {kFullyConnected, "FULLY_CONNECTED", prepare, run};

}  // namespace nn
}  // namespace dormouse
