// ARG_MAX: where along one dimension the largest value stands, the first of equals.
#include "common.h"

namespace dormouse {
namespace nn {

using namespace schema;

namespace {
struct Params {
  const Tensor* input;
  uint32_t outer;
  uint32_t along;
  uint32_t inner;
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
  params->along = static_cast<uint32_t>(input->dims[axis]);
  params->outer = 1;
  for (int32_t d = 0; d < axis; d++) params->outer *= static_cast<uint32_t>(input->dims[d]);
  params->inner = elementsOf(*input) / params->outer / params->along;
  if (elementsOf(*output) != params->outer * params->inner)
    return p.damaged("has an output whose shape does not follow from its input");
  return p.addWork(static_cast<uint64_t>(elementsOf(*input)) * 2u);
}

void run(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  const int8_t* from = int8Data(params.input);
  int32_t* to = reinterpret_cast<int32_t*>(node.output->data);
  for (uint32_t row = 0; row < params.outer;
       row++, from += static_cast<size_t>(params.along) * params.inner) {
    for (uint32_t column = 0; column < params.inner; column++) {
      const int8_t* value = from + column;
      int8_t largest = *value;
      int32_t place = 0;
      for (uint32_t i = 1; i < params.along; i++) {
        value += params.inner;
        if (*value > largest) {
          largest = *value;
          place = static_cast<int32_t>(i);
        }
      }
      *to++ = place;
    }
  }
}
}  // namespace

const Operation kArgMaxOperation = {kArgMax, "ARG_MAX", prepare, run};

}  // namespace nn
}  // namespace dormouse
