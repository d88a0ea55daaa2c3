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
  kernel->outValues = step;
  return true;
}

template <typename T>
bool prepare(Preparation& p) {
  if (!p.expectTensors(2, 3, 2)) return false;
  const Tensor* const input = p.input(0);
  const Tensor* const borders = p.input(1);
  const Tensor* const value = p.input(2);
  const Tensor* const output = p.output();
  if (!TypeOf<T>::expect(p, input) || !TypeOf<T>::expect(p, output) || !p.expectType(borders, kInt32) ||
      !p.expectConstant(borders))
    return false;
  if (value != nullptr) {
    if (!p.expectType(value, input->type)) return false;
    if (elementsOf(*value) != 1) return p.damaged("has more than one value for its border");
    if (value->scale != output->scale || value->zeroPoint != output->zeroPoint)
      return p.unsupported("has a border of another scale");
  }
  Params* const params = p.makeParams<Params>();
  if (params == nullptr) return false;
  params->input = input;
  params->value = value;
  params->kernel.value = output->zeroPoint;
  return makeBorders(p, *input, *borders, &params->kernel) && p.addWork(elementsOf(*output)) &&
         p.needScratch(padScratchBytes(params->kernel));
}

void run(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  const int8_t* const value = params.value == nullptr ? nullptr : valuesOf<int8_t>(params.value);
  DORMOUSE_CALL(pad, params.kernel, valuesOf<int8_t>(params.input), value, outputOf<int8_t>(node));
}

void runWide(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  const int16_t* const value = params.value == nullptr ? nullptr : valuesOf<int16_t>(params.value);
  DORMOUSE_CALL(pad16, params.kernel, valuesOf<int16_t>(params.input), value, outputOf<int16_t>(node));
}
}  // namespace

const Operation kPadOperation = {kPad, "PAD", prepare<int8_t>, run};
const Operation kPadInt16Operation = {kPad + kWideForm, "PAD_INT16", prepare<int16_t>, runWide};
const Operation kPadV2Operation = {kPadV2, "PADV2", prepare<int8_t>, run};
const Operation kPadV2Int16Operation = {kPadV2 + kWideForm, "PADV2_INT16", prepare<int16_t>, runWide};

}  // namespace nn
}  // namespace dormouse
