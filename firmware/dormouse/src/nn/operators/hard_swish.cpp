#include "../../math/exact.h"

#include "../kernels/hard_swish.h"

#include "common.h"

namespace dormouse {
namespace nn {

using namespace schema;

namespace {
struct Params {
  HardSwishParams kernel;
  const Tensor* input;
};

// A ratio of scales taken in float32, as TFLite does, to 16 bits.
bool makeRatio(float ratio, int16_t* multiplier, int8_t* shift) {
  Multiplier whole = {0, 0};
  if (ratio != 0.0f && (!usableScale(ratio) || !quantiseRatio(realOf(ratio), 1.0f, &whole))) return false;
  *multiplier = whole.value >= INT32_MAX - (1 << 15) ? INT16_MAX
                                                     : static_cast<int16_t>((whole.value + (1 << 15)) >> 16);
  *shift = whole.shift;
  return true;
}

bool prepare(Preparation& p) {
  if (!p.expectTensors(1, 1, 1)) return false;
  const Tensor* const input = p.input(0);
  const Tensor* const output = p.output();
  if (!p.expectInt8(input) || !p.expectInt8(output)) return false;
  if (elementsOf(*input) != elementsOf(*output))
    return p.damaged("has an output whose shape does not follow from its input");
  Params* const params = p.makeParams<Params>();
  if (params == nullptr) return false;
  params->input = input;
  HardSwishParams& kernel = params->kernel;
  kernel.count = elementsOf(*input);
  kernel.inputZeroPoint = input->zeroPoint;
  kernel.outputZeroPoint = output->zeroPoint;
  const float fine = (1.0f / 128.0f) * input->scale;
  if (!makeRatio(fine / output->scale, &kernel.output, &kernel.outputShift) || kernel.outputShift > 0 ||
      !makeRatio(fine / (3.0f / 32768.0f), &kernel.ramp, &kernel.rampShift))
    return p.damaged("has scales that do not go together");
  p.mayOverlap(input, 0);
  return p.addWork(static_cast<uint64_t>(kernel.count) * 16u) && p.needScratch(hardSwishScratchBytes(kernel));
}

void run(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  DORMOUSE_CALL(hardSwish, params.kernel, int8Data(params.input),
                reinterpret_cast<int8_t*>(node.output->data), node.scratch);
}
}  // namespace

const Operation kHardSwishOperation = {kHardSwish, "HARD_SWISH", prepare, run};

}  // namespace nn
}  // namespace dormouse
