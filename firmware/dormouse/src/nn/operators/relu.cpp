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

template <typename T>
Params* makeCommon(Preparation& p) {
  if (!p.expectTensors(1, 1, 1)) return nullptr;
  const Tensor* const input = p.input(0);
  const Tensor* const output = p.output();
  if (!TypeOf<T>::expect(p, input) || !TypeOf<T>::expect(p, output)) return nullptr;
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
  kernel.low = TypeOf<T>::kLow;
  kernel.high = TypeOf<T>::kHigh;
  p.mayOverlap(input, 0);
  return params;
}

bool makeSlope(Preparation& p, float alpha, Multiplier* multiplier) {
  return quantiseRatio(product(p.input(0)->scale, alpha), p.output()->scale, multiplier) ||
         p.damaged("has scales that do not go together");
}

template <typename T>
bool prepareRelu(Preparation& p) {
  Params* const params = makeCommon<T>(p);
  if (params == nullptr) return false;
  params->kernel.low = p.output()->zeroPoint;
  if (!makeSlope(p, 1.0f, &params->kernel.above)) return false;
  params->kernel.below = params->kernel.above;
  return true;
}

template <typename T>
bool prepareLeakyRelu(Preparation& p) {
  Params* const params = makeCommon<T>(p);
  if (params == nullptr) return false;
  const float alpha = p.file().floatField(p.options(), kLeakyReluAlpha, 0.0f);
  if (alpha != 0.0f && !usableScale(alpha)) return p.unsupported("has a negative slope");
  return makeSlope(p, 1.0f, &params->kernel.above) && makeSlope(p, alpha, &params->kernel.below);
}

template <typename T>
bool prepareRelu6(Preparation& p) {
  Params* const params = makeCommon<T>(p);
  if (params == nullptr) return false;
  const Tensor* const input = params->input;
  if (input->scale != p.output()->scale || input->zeroPoint != p.output()->zeroPoint)
    return p.unsupported("changes the scale of its values");
  const int32_t six = quantiseValue(6.0f, input->scale, input->zeroPoint);
  params->kernel.low = input->zeroPoint;
  params->kernel.high =
      static_cast<int16_t>(six > TypeOf<T>::kHigh ? static_cast<int32_t>(TypeOf<T>::kHigh) : six);
  return true;
}

void runRamp(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  DORMOUSE_CALL(ramp, params.kernel, valuesOf<int8_t>(params.input), outputOf<int8_t>(node));
}

void runRampWide(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  DORMOUSE_CALL(ramp16, params.kernel, valuesOf<int16_t>(params.input), outputOf<int16_t>(node));
}

void runCutOff(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  DORMOUSE_CALL(cutOff, params.kernel, valuesOf<int8_t>(params.input), outputOf<int8_t>(node));
}

void runCutOffWide(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  DORMOUSE_CALL(cutOff16, params.kernel, valuesOf<int16_t>(params.input), outputOf<int16_t>(node));
}
}  // namespace

const Operation kReluOperation = {kReluOperator, "RELU", prepareRelu<int8_t>, runRamp};
const Operation kReluInt16Operation = {kReluOperator + kWideForm, "RELU_INT16", prepareRelu<int16_t>,
                                       runRampWide};
const Operation kRelu6Operation = {kRelu6Operator, "RELU6", prepareRelu6<int8_t>, runCutOff};
const Operation kRelu6Int16Operation = {kRelu6Operator + kWideForm, "RELU6_INT16", prepareRelu6<int16_t>,
                                        runCutOffWide};
const Operation kLeakyReluOperation = {kLeakyRelu, "LEAKY_RELU", prepareLeakyRelu<int8_t>, runRamp};
const Operation kLeakyReluInt16Operation = {kLeakyRelu + kWideForm, "LEAKY_RELU_INT16",
                                            prepareLeakyRelu<int16_t>, runRampWide};

}  // namespace nn
}  // namespace dormouse
