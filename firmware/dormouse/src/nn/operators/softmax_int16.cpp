// SOFTMAX of int16 values.
#include "../../math/exact.h"

#include "../../math/math.h"
#include "../kernels/softmax16.h"

#include "common.h"

namespace dormouse {
namespace nn {

using namespace schema;

namespace {
struct Params {
  Softmax16Params kernel;
  const Tensor* input;
};

// 10 / 65535 as a double holds it.
const Real kTenthsOfRange = {0x14001400140014ull, -65};

bool prepare(Preparation& p) {
  if (!p.expectTensors(1, 1, 1)) return false;
  const Tensor* const input = p.input(0);
  const Tensor* const output = p.output();
  if (!p.expectInt16(input) || !p.expectInt16(output)) return false;
  if (input->rank == 0 || elementsOf(*input) != elementsOf(*output) ||
      dimOf(*output, output->rank == 0 ? 0u : output->rank - 1u) != input->dims[input->rank - 1])
    return p.damaged("has an output whose shape does not follow from its input");
  // Within a thousandth of 1/32768, as TFLite has it, in its last places.
  const uint32_t unit = 0x38000000u;
  const uint32_t scale = math::bitsOf(output->scale);
  if (scale < unit - 16777u || scale > unit + 8388u) return p.unsupported("has an unusual output scale");
  Params* const params = p.makeParams<Params>();
  if (params == nullptr) return false;
  params->input = input;
  Softmax16Params& kernel = params->kernel;
  kernel.depth = static_cast<uint32_t>(input->dims[input->rank - 1]);
  kernel.rows = elementsOf(*input) / kernel.depth;
  if (kernel.depth > 65535) return p.unsupported("has more than 65535 classes");
  const float beta = p.file().floatField(p.options(), kSoftmaxBeta, 0.0f);
  if (!usableScale(beta)) return p.damaged("has a beta that is not positive");
  if (!quantiseQuotient(product(input->scale, beta), kTenthsOfRange, &kernel.multiplier) ||
      kernel.multiplier.shift > kMostSoftmaxShift)
    return p.damaged("has scales that do not go together");
  p.mayOverlap(input, 0);
  return p.addWork(static_cast<uint64_t>(elementsOf(*input)) * 32u);
}

void run(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  DORMOUSE_CALL(softmax16, params.kernel, valuesOf<int16_t>(params.input), outputOf<int16_t>(node));
}
}  // namespace

const Operation kSoftmaxInt16Operation = {kSoftmax + kWideForm, "SOFTMAX_INT16", prepare, run};

}  // namespace nn
}  // namespace dormouse
