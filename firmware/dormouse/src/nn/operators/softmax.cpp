#include "../../math/math.h"
#include "../kernels/softmax.h"

#include "common.h"

namespace dormouse {
namespace nn {

using namespace schema;

namespace {
struct Params {
  SoftmaxParams kernel;
  const Tensor* input;
};

bool prepare(Preparation& p) {
  if (!p.expectTensors(1, 1, 1)) return false;
  const Tensor* const input = p.input(0);
  const Tensor* const output = p.output();
  if (!p.expectInt8(input)) return false;
  const bool wide = output->type == kInt16;
  if (!wide && !p.expectInt8(output)) return false;
  if (input->rank == 0 || elementsOf(*input) != elementsOf(*output) ||
      dimOf(*output, output->rank == 0 ? 0u : output->rank - 1u) != input->dims[input->rank - 1])
    return p.damaged("has an output whose shape does not follow from its input");
  // Of two bytes a value: within a thousandth, as TFLite has it, in the last places of 1/65536 and of what is
  // below.
  const uint32_t scale = math::bitsOf(output->scale);
  const uint32_t unit = wide ? 0x37800000u : 0x3B800000u;
  if (scale < unit - (wide ? 16777u : 0u) || scale > unit + (wide ? 8388u : 0u) ||
      output->zeroPoint != (wide ? INT16_MIN : -128))
    return p.unsupported("has an unusual output scale");
  Params* const params = p.makeParams<Params>();
  if (params == nullptr) return false;
  params->input = input;
  SoftmaxParams& kernel = params->kernel;
  kernel.wide = wide;
  kernel.depth = static_cast<uint32_t>(input->dims[input->rank - 1]);
  kernel.rows = elementsOf(*input) / kernel.depth;
  if (kernel.depth > 4095) return p.unsupported("has more than 4095 classes");
  const float beta = p.file().floatField(p.options(), kSoftmaxBeta, 0.0f);
  if (!usableScale(beta)) return p.damaged("has a beta that is not positive");
  // Inputs are taken to Q5.26; a product above 2^31 - 1 is cut off there.
  Multiplier multiplier;
  if (!quantiseRatio(timesPowerOfTwo(product(beta, input->scale), 26), 1.0f, &multiplier)) {
    multiplier.value = INT32_MAX;
    multiplier.shift = 31;
  }
  if (multiplier.shift < 1 || (multiplier.shift == 1 && multiplier.value == 1 << 30))
    return p.damaged("has a scale too small to tell classes apart");
  kernel.multiplier = multiplier.value;
  kernel.shift = multiplier.shift;
  kernel.least = -static_cast<int32_t>((31ll << 26) >> kernel.shift);
  if (!wide) p.mayOverlap(input, 0);
  return p.addWork(static_cast<uint64_t>(elementsOf(*input)) * 32u) &&
         p.needScratch(softmaxScratchBytes(kernel));
}

void run(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  DORMOUSE_CALL(softmax, params.kernel, int8Data(params.input), node.output->data);
}
}  // namespace

const Operation kSoftmaxOperation = {kSoftmax, "SOFTMAX", prepare, run};

}  // namespace nn
}  // namespace dormouse
