#include "add.h"

namespace dormouse {
namespace nn {

namespace {
template <int32_t sign>
int8_t addOne(const AddParams& params, int32_t first, int32_t second) {
  // Both are brought to twice the larger scale, with 20 bits of headroom against rounding.
  const int32_t a = multiply(shiftLeft(first + params.firstOffset, 20), params.first);
  const int32_t b = multiply(shiftLeft(second + params.secondOffset, 20), params.second);
  const int32_t sum = multiply(wrapAdd(a, sign * b), params.sum);
  return static_cast<int8_t>(clamp(wrapAdd(sum, params.outputOffset), params.low, params.high));
}
}  // namespace

void add(const AddParams& params, const int8_t* first, const int8_t* second, int8_t* output) {
  walkTogether<AddParams, addOne<1>>(params.shape, params, first, second, output);
}

void subtract(const AddParams& params, const int8_t* first, const int8_t* second, int8_t* output) {
  walkTogether<AddParams, addOne<-1>>(params.shape, params, first, second, output);
}

}  // namespace nn
}  // namespace dormouse
