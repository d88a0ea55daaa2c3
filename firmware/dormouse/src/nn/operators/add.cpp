// ADD and SUB.
#include "../../math/exact.h"

#include "../kernels/add.h"

#include "broadcast.h"

namespace dormouse {
namespace nn {

using namespace schema;

namespace {
struct Params {
  AddParams kernel;
  const Tensor* first;
  const Tensor* second;
};

bool makeMultipliers(Preparation& p, float first, float second, int32_t headroom, AddParams* kernel) {
  const float larger = first > second ? first : second;
  // first / (2 larger), second / (2 larger), 2 larger / (2^headroom output scale)
  if (!quantiseRatio(timesPowerOfTwo(realOf(first), -1), larger, &kernel->first) ||
      !quantiseRatio(timesPowerOfTwo(realOf(second), -1), larger, &kernel->second) ||
      !quantiseRatio(timesPowerOfTwo(realOf(larger), 1 - headroom), p.output()->scale, &kernel->sum) ||
      kernel->sum.shift > 0)
    return p.damaged("has scales that do not go together");
  return true;
}

template <bool wide>
bool prepare(Preparation& p) {
  Params* const params = p.makeParams<Params>();
  if (params == nullptr || !makeBroadcast(p, wide, &params->kernel.shape)) return false;
  params->first = p.input(0);
  params->second = p.input(1);
  AddParams& kernel = params->kernel;
  kernel.firstOffset = static_cast<int16_t>(-params->first->zeroPoint);
  kernel.secondOffset = static_cast<int16_t>(-params->second->zeroPoint);
  kernel.outputOffset = p.output()->zeroPoint;
  return makeMultipliers(p, params->first->scale, params->second->scale, wide ? kAddHeadroom16 : kAddHeadroom,
                         &kernel) &&
         p.activationRange(p.file().byteField(p.options(), kAddActivation, kNone), &kernel.low, &kernel.high);
}

void runAdd(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  DORMOUSE_CALL(add, params.kernel, valuesOf<int8_t>(params.first), valuesOf<int8_t>(params.second),
                outputOf<int8_t>(node));
}

void runAddWide(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  DORMOUSE_CALL(add16, params.kernel, valuesOf<int16_t>(params.first), valuesOf<int16_t>(params.second),
                outputOf<int16_t>(node));
}

void runSub(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  DORMOUSE_CALL(subtract, params.kernel, valuesOf<int8_t>(params.first), valuesOf<int8_t>(params.second),
                outputOf<int8_t>(node));
}

void runSubWide(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  DORMOUSE_CALL(subtract16, params.kernel, valuesOf<int16_t>(params.first), valuesOf<int16_t>(params.second),
                outputOf<int16_t>(node));
}
}  // namespace

const Operation kAddOperation = {kAdd, "ADD", prepare<false>, runAdd};
const Operation kAddInt16Operation = {kAdd + kWideForm, "ADD_INT16", prepare<true>, runAddWide};
const Operation kSubOperation = {kSub, "SUB", prepare<false>, runSub};
const Operation kSubInt16Operation = {kSub + kWideForm, "SUB_INT16", prepare<true>, runSubWide};

}  // namespace nn
}  // namespace dormouse
