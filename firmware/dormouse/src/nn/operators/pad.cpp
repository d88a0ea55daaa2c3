#include "../kernels/pad.h"

#include "common.h"

namespace dormouse {
namespace nn {

using namespace schema;

namespace {
struct Params {
  PadParams kernel;
  const Tensor* input;
  const Tensor* value;  // nullptr: the zero point
};

bool makeBorders(Preparation& p, const Tensor& input, const Tensor& borders, PadParams* kernel) {
  const Tensor& output = *p.output();
  if (input.rank == 0 || output.rank != input.rank || elementsOf(borders) != 2u * input.rank)
    return p.damaged("has borders that do not fit its input");
  const int32_t* const sizes = int32Data(&borders);
  uint32_t step = 1;
  for (uint32_t d = input.rank; d-- > 0;) {
    const int64_t before = sizes[2 * d];
    const int64_t after = sizes[2 * d + 1];
    if (before < 0 || after < 0 || before + after + input.dims[d] != output.dims[d])
      return p.damaged("has an output whose shape does not follow from its input");
    kernel->dims[d] = static_cast<uint32_t>(input.dims[d]);
    kernel->before[d] = static_cast<uint32_t>(before);
    kernel->outSteps[d] = step;
    step *= static_cast<uint32_t>(output.dims[d]);
  }
  kernel->rank = input.rank;
  kernel->outBytes = step;
  return true;
}

bool prepare(Preparation& p) {
  if (!p.expectTensors(2, 3, 2)) return false;
  const Tensor* const input = p.input(0);
  const Tensor* const borders = p.input(1);
  const Tensor* const value = p.input(2);
  const Tensor* const output = p.output();
  if (!p.expectInt8(input) || !p.expectInt8(output) || !p.expectType(borders, kInt32) ||
      !p.expectConstant(borders))
    return false;
  if (value != nullptr) {
    if (!p.expectType(value, kInt8)) return false;
    if (elementsOf(*value) != 1) return p.damaged("has more than one value for its border");
    if (value->scale != output->scale || value->zeroPoint != output->zeroPoint)
      return p.unsupported("has a border of another scale");
  }
  Params* const params = p.makeParams<Params>();
  if (params == nullptr) return false;
  params->input = input;
  params->value = value;
  params->kernel.value = static_cast<int8_t>(output->zeroPoint);
  return makeBorders(p, *input, *borders, &params->kernel) && p.addWork(elementsOf(*output)) &&
         p.needScratch(padScratchBytes(params->kernel));
}

void run(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  const int8_t* const value = params.value == nullptr ? nullptr : int8Data(params.value);
  DORMOUSE_CALL(pad, params.kernel, int8Data(params.input), value,
                reinterpret_cast<int8_t*>(node.output->data));
}
}  // namespace

const Operation kPadOperation = {kPad, "PAD", prepare, run};
const Operation kPadV2Operation = {kPadV2, "PADV2", prepare, run};

}  // namespace nn
}  // namespace dormouse
