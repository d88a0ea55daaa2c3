// ARG_MAX.
#include "../kernels/arg_max.h"

#include "common.h"

namespace dormouse {
namespace nn {

using namespace schema;

namespace {
struct Params {
  ArgMaxParams kernel;
  const Tensor* input;
};

bool prepare(Preparation& p) {
  if (!p.expectTensors(2, 2, 2)) return false;
  const Tensor* const input = p.input(0);
  const Tensor* const output = p.output();
  if (!p.expectType(input, kInt8) || !p.expectType(output, kInt32) || !p.expectSettings(p.input(1), 1))
    return false;
  int32_t axis = int32Data(p.input(1))[0];
  if (axis < 0) axis += input->rank;
  if (axis < 0 || axis >= input->rank) return p.damaged("compares along a dimension that is not there");
  Params* const params = p.makeParams<Params>();
  if (params == nullptr) return false;
  params->input = input;
  ArgMaxParams& kernel = params->kernel;
  kernel.along = static_cast<uint32_t>(input->dims[axis]);
  kernel.outer = 1;
  for (int32_t d = 0; d < axis; d++) kernel.outer *= static_cast<uint32_t>(input->dims[d]);
  kernel.inner = elementsOf(*input) / kernel.outer / kernel.along;
  if (elementsOf(*output) != kernel.outer * kernel.inner)
    return p.damaged("has an output whose shape does not follow from its input");
  return p.addWork(static_cast<uint64_t>(elementsOf(*input)) * 2u);
}

void run(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  DORMOUSE_CALL(argMax, params.kernel, int8Data(params.input), reinterpret_cast<int32_t*>(node.output->data));
}
}  // namespace

const Operation kArgMaxOperation = {kArgMax, "ARG_MAX", prepare, run};

}  // namespace nn
}  // namespace dormouse
