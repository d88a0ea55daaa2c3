// RELU, RELU6 and LEAKY_RELU.
#include "../../math/exact.h"

#include "../kernels/ramp.h"

#include "common.h"

namespace dormouse {
namespace nn {

using namespace schema;

namespace {
struct Params {
  RampParams kernel;
  const Tensor* input;
};

Params* makeCommon(Preparation& p) {
  if (!p.expectTensors(1, 1, 1)) return nullptr;
  const Tensor* const input = p.input(0);
  const Tensor* const output = p.output();
  if (!p.expectInt8(input) || !p.expectInt8(output)) return nullptr;
  if (elementsOf(*input) != elementsOf(*output)) {
    p.damaged("has an output whose shape does not follow from its input");
    return nullptr;
  }
  Params* const params = p.makeParams<Params>();
  if (params == nullptr || !p.addWork(static_cast<uint64_t>(elementsOf(*input)) * 4u)) return nullptr;
  params->input = input;
  RampParams& kernel = params->kernel;
  kernel.count = elementsOf(*input);
  kernel.inputZeroPoint = input->zeroPoint;
  kernel.outputZeroPoint = output->zeroPoint;
  kernel.low = -128;
  kernel.high = 127;
  p.mayOverlap(input, 0);
  return params;
}

// TFLite takes these ratios in float32.
bool makeSlope(Preparation& p, float numerator, Multiplier* multiplier) {
  const float ratio = numerator / p.output()->scale;
  if (ratio == 0.0f) return true;
  return (usableScale(ratio) && quantiseRatio(realOf(ratio), 1.0f, multiplier)) ||
         p.damaged("has scales that do not go together");
}

bool prepareRelu(Preparation& p) {
  Params* const params = makeCommon(p);
  if (params == nullptr) return false;
  params->kernel.low = p.output()->zeroPoint;
  if (!makeSlope(p, params->input->scale, &params->kernel.above)) return false;
  params->kernel.below = params->kernel.above;
  return true;
}

bool prepareLeakyRelu(Preparation& p) {
  Params* const params = makeCommon(p);
  if (params == nullptr) return false;
  const float alpha = p.file().floatField(p.options(), kLeakyReluAlpha, 0.0f);
  if (alpha != 0.0f && !usableScale(alpha)) return p.unsupported("has a negative slope");
  return makeSlope(p, params->input->scale, &params->kernel.above) &&
         makeSlope(p, params->input->scale * alpha, &params->kernel.below);
}

bool prepareRelu6(Preparation& p) {
  Params* const params = makeCommon(p);
  if (params == nullptr) return false;
  const Tensor* const input = params->input;
  if (input->scale != p.output()->scale || input->zeroPoint != p.output()->zeroPoint)
    return p.unsupported("changes the scale of its values");
  const int32_t six = quantiseValue(6.0f, input->scale, input->zeroPoint);
  params->kernel.low = input->zeroPoint;
  params->kernel.high = static_cast<int16_t>(six > 127 ? 127 : six);
  return true;
}

void runRamp(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  DORMOUSE_CALL(ramp, params.kernel, int8Data(params.input), reinterpret_cast<int8_t*>(node.output->data));
}

void runRelu6(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  DORMOUSE_CALL(cutOff, params.kernel, int8Data(params.input), reinterpret_cast<int8_t*>(node.output->data));
}
}  // namespace

const Operation kReluOperation = {kReluOperator, "RELU", prepareRelu, runRamp};
const Operation kRelu6Operation = {kRelu6Operator, "RELU6", prepareRelu6, runRelu6};
const Operation kLeakyReluOperation = {kLeakyRelu, "LEAKY_RELU", prepareLeakyRelu, runRamp};

}  // namespace nn
}  // namespace dormouse
