// MUL, MAXIMUM and MINIMUM.
#include "../../math/exact.h"

#include "../kernels/multiply.h"

#include "broadcast.h"

namespace dormouse {
namespace nn {

using namespace schema;

namespace {
struct Params {
  MultiplyParams kernel;
  const Tensor* first;
  const Tensor* second;
};

Params* makeCommon(Preparation& p, bool wide) {
  Params* const params = p.makeParams<Params>();
  if (params == nullptr || !makeBroadcast(p, wide, &params->kernel.shape)) return nullptr;
  params->first = p.input(0);
  params->second = p.input(1);
  return params;
}

template <bool wide>
bool prepareMul(Preparation& p) {
  Params* const params = makeCommon(p, wide);
  if (params == nullptr) return false;
  MultiplyParams& kernel = params->kernel;
  kernel.firstOffset = static_cast<int16_t>(-params->first->zeroPoint);
  kernel.secondOffset = static_cast<int16_t>(-params->second->zeroPoint);
  kernel.outputOffset = p.output()->zeroPoint;
  if (!quantiseRatio(product(params->first->scale, params->second->scale), p.output()->scale,
                     &kernel.product))
    return p.damaged("has scales that do not go together");
  return p.activationRange(p.file().byteField(p.options(), kAddActivation, kNone), &kernel.low, &kernel.high);
}

template <bool wide>
bool prepareExtremum(Preparation& p) {
  // TFLite compares the stored values, whatever their scales say.
  return makeCommon(p, wide) != nullptr;
}

void runMul(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  DORMOUSE_CALL(multiplyTensors, params.kernel, valuesOf<int8_t>(params.first),
                valuesOf<int8_t>(params.second), outputOf<int8_t>(node));
}

void runMulWide(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  DORMOUSE_CALL(multiplyTensors16, params.kernel, valuesOf<int16_t>(params.first),
                valuesOf<int16_t>(params.second), outputOf<int16_t>(node));
}

void runMaximum(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  DORMOUSE_CALL(largerOf, params.kernel.shape, valuesOf<int8_t>(params.first),
                valuesOf<int8_t>(params.second), outputOf<int8_t>(node));
}

void runMaximumWide(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  DORMOUSE_CALL(largerOf16, params.kernel.shape, valuesOf<int16_t>(params.first),
                valuesOf<int16_t>(params.second), outputOf<int16_t>(node));
}

void runMinimum(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  DORMOUSE_CALL(smallerOf, params.kernel.shape, valuesOf<int8_t>(params.first),
                valuesOf<int8_t>(params.second), outputOf<int8_t>(node));
}

void runMinimumWide(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  DORMOUSE_CALL(smallerOf16, params.kernel.shape, valuesOf<int16_t>(params.first),
                valuesOf<int16_t>(params.second), outputOf<int16_t>(node));
}
}  // namespace

const Operation kMulOperation = {kMul, "MUL", prepareMul<false>, runMul};
const Operation kMulInt16Operation = {kMul + kWideForm, "MUL_INT16", prepareMul<true>, runMulWide};
const Operation kMaximumOperation = {kMaximum, "MAXIMUM", prepareExtremum<false>, runMaximum};
const Operation kMaximumInt16Operation = {kMaximum + kWideForm, "MAXIMUM_INT16", prepareExtremum<true>,
                                          runMaximumWide};
const Operation kMinimumOperation = {kMinimum, "MINIMUM", prepareExtremum<false>, runMinimum};
const Operation kMinimumInt16Operation = {kMinimum + kWideForm, "MINIMUM_INT16", prepareExtremum<true>,
                                          runMinimumWide};

}  // namespace nn
}  // namespace dormouse
