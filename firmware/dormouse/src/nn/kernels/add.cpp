#include "add.h"

namespace dormouse {
namespace nn {

namespace {
template <typename T, int32_t sign>
T addOne(const AddParams& params, int32_t first, int32_t second) {
  // Both are brought to twice the larger scale, with headroom against rounding.
  const int32_t headroom = sizeof(T) == 1 ? kAddHeadroom : kAddHeadroom16;
  const int32_t a = multiply(shiftLeft(first + params.firstOffset, headroom), params.first);
  const int32_t b = multiply(shiftLeft(second + params.secondOffset, headroom), params.second);
  const int32_t sum = multiply(wrapAdd(a, sign * b), params.sum);
  return static_cast<T>(clamp(wrapAdd(sum, params.outputOffset), params.low, params.high));
}
}  // namespace

void add(const AddParams& params, const int8_t* first, const int8_t* second, int8_t* output) {
  walkTogether<int8_t, AddParams, addOne<int8_t, 1>>(params.shape, params, first, second, output);
}

void subtract(const AddParams& params, const int8_t* first, const int8_t* second, int8_t* output) {
  walkTogether<int8_t, AddParams, addOne<int8_t, -1>>(params.shape, params, first, second, output);
}

void add16(const AddParams& params, const int16_t* first, const int16_t* second, int16_t* output) {
  walkTogether<int16_t, AddParams, addOne<int16_t, 1>>(params.shape, params, first, second, output);
}

void subtract16(const AddParams& params, const int16_t* first, const int16_t* second, int16_t* output) {
  walkTogether<int16_t, AddParams, addOne<int16_t, -1>>(params.shape, params, first, second, output);
}

}  // namespace nn
}  // namespace dormouse
