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

Params* makeCommon(Preparation& p) {
  Params* const params = p.makeParams<Params>();
  if (params == nullptr || !makeBroadcast(p, &params->kernel.shape)) return nullptr;
  params->first = p.input(0);
  params->second = p.input(1);
  return params;
}

bool prepareMul(Preparation& p) {
  Params* const params = makeCommon(p);
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

bool prepareExtremum(Preparation& p) {
  // TFLite compares the stored values, whatever their scales say.
  return makeCommon(p) != nullptr;
}

void runMul(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  DORMOUSE_CALL(multiplyTensors, params.kernel, int8Data(params.first), int8Data(params.second),
                reinterpret_cast<int8_t*>(node.output->data));
}

void runMaximum(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  DORMOUSE_CALL(largerOf, params.kernel.shape, int8Data(params.first), int8Data(params.second),
                reinterpret_cast<int8_t*>(node.output->data));
}

void runMinimum(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  DORMOUSE_CALL(smallerOf, params.kernel.shape, int8Data(params.first), int8Data(params.second),
                reinterpret_cast<int8_t*>(node.output->data));
}
}  // namespace

const Operation kMulOperation = {kMul, "MUL", prepareMul, runMul};
const Operation kMaximumOperation = {kMaximum, "MAXIMUM", prepareExtremum, runMaximum};
const Operation kMinimumOperation = {kMinimum, "MINIMUM", prepareExtremum, runMinimum};

}  // namespace nn
}  // namespace dormouse
