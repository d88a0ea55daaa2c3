#include "multiply.h"

namespace dormouse {
namespace nn {

namespace {
template <typename T>
T multiplyOne(const MultiplyParams& params, int32_t first, int32_t second) {
  const int32_t product = (first + params.firstOffset) * (second + params.secondOffset);
  const int32_t scaled = multiply(product, params.product);
  return static_cast<T>(clamp(wrapAdd(scaled, params.outputOffset), params.low, params.high));
}

template <typename T>
T larger(const Broadcast&, int32_t first, int32_t second) {
  return static_cast<T>(first > second ? first : second);
}

template <typename T>
T smaller(const Broadcast&, int32_t first, int32_t second) {
  return static_cast<T>(first < second ? first : second);
}
}  // namespace

void multiplyTensors(const MultiplyParams& params, const int8_t* first, const int8_t* second,
                     int8_t* output) {
  walkTogether<int8_t, MultiplyParams, multiplyOne<int8_t>>(params.shape, params, first, second, output);
}

void largerOf(const Broadcast& shape, const int8_t* first, const int8_t* second, int8_t* output) {
  walkTogether<int8_t, Broadcast, larger<int8_t>>(shape, shape, first, second, output);
}

void smallerOf(const Broadcast& shape, const int8_t* first, const int8_t* second, int8_t* output) {
  walkTogether<int8_t, Broadcast, smaller<int8_t>>(shape, shape, first, second, output);
}

void multiplyTensors16(const MultiplyParams& params, const int16_t* first, const int16_t* second,
                       int16_t* output) {
  walkTogether<int16_t, MultiplyParams, multiplyOne<int16_t>>(params.shape, params, first, second, output);
}

void largerOf16(const Broadcast& shape, const int16_t* first, const int16_t* second, int16_t* output) {
  walkTogether<int16_t, Broadcast, larger<int16_t>>(shape, shape, first, second, output);
}

void smallerOf16(const Broadcast& shape, const int16_t* first, const int16_t* second, int16_t* output) {
  walkTogether<int16_t, Broadcast, smaller<int16_t>>(shape, shape, first, second, output);
}

}  // namespace nn
}  // namespace dormouse
