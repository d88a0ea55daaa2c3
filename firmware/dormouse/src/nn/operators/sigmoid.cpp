// LOGISTIC and TANH.
#include "../../math/exact.h"

#include "../kernels/sigmoid.h"

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
  DORMOUSE_CALL(logisticOf, params.kernel, int8Data(params.input),
                reinterpret_cast<int8_t*>(node.output->data), node.scratch);
}

void runTanh(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  DORMOUSE_CALL(tanhOf, params.kernel, int8Data(params.input), reinterpret_cast<int8_t*>(node.output->data),
                node.scratch);
}
}  // namespace

const Operation kLogisticOperation = {kLogistic, "LOGISTIC", prepare, runLogistic};
const Operation kTanhOperation = {kTanh, "TANH", prepare, runTanh};

}  // namespace nn
}  // namespace dormouse
