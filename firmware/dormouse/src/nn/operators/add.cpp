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

bool makeMultipliers(Preparation& p, float first, float second, AddParams* kernel) {
  const float larger = first > second ? first : second;
  // first / (2 larger), second / (2 larger), 2 larger / (2^20 output scale)
  if (!quantiseRatio(timesPowerOfTwo(realOf(first), -1), larger, &kernel->first) ||
      !quantiseRatio(timesPowerOfTwo(realOf(second), -1), larger, &kernel->second) ||
      !quantiseRatio(timesPowerOfTwo(realOf(larger), 1 - 20), p.output()->scale, &kernel->sum) ||
      kernel->sum.shift > 0)
    return p.damaged("has scales that do not go together");
  return true;
}

bool prepare(Preparation& p) {
  Params* const params = p.makeParams<Params>();
  if (params == nullptr || !makeBroadcast(p, &params->kernel.shape)) return false;
  params->first = p.input(0);
  params->second = p.input(1);
  AddParams& kernel = params->kernel;
  kernel.firstOffset = static_cast<int16_t>(-params->first->zeroPoint);
  kernel.secondOffset = static_cast<int16_t>(-params->second->zeroPoint);
  kernel.outputOffset = p.output()->zeroPoint;
  return makeMultipliers(p, params->first->scale, params->second->scale, &kernel) &&
         p.activationRange(p.file().byteField(p.options(), kAddActivation, kNone), &kernel.low, &kernel.high);
}

void runAdd(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  DORMOUSE_CALL(add, params.kernel, int8Data(params.first), int8Data(params.second),
                reinterpret_cast<int8_t*>(node.output->data));
}

void runSub(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  DORMOUSE_CALL(subtract, params.kernel, int8Data(params.first), int8Data(params.second),
                reinterpret_cast<int8_t*>(node.output->data));
}
}  // namespace

const Operation kAddOperation = {kAdd, "ADD", prepare, runAdd};
const Operation kSubOperation = {kSub, "SUB", prepare, runSub};

}  // namespace nn
}  // namespace dormouse
