#include "multiply.h"

namespace dormouse {
namespace nn {

namespace {
int8_t multiplyOne(const MultiplyParams& params, int32_t first, int32_t second) {
  const int32_t product = (first + params.firstOffset) * (second + params.secondOffset);
  const int32_t scaled = multiply(product, params.product);
  return static_cast<int8_t>(clamp(wrapAdd(scaled, params.outputOffset), params.low, params.high));
}

int8_t larger(const Broadcast&, int32_t first, int32_t second) {
  return static_cast<int8_t>(first > second ? first : second);
}

int8_t smaller(const Broadcast&, int32_t first, int32_t second) {
  return static_cast<int8_t>(first < second ? first : second);
}
}  // namespace

void multiplyTensors(const MultiplyParams& params, const int8_t* first, const int8_t* second,
                     int8_t* output) {
  walkTogether<MultiplyParams, multiplyOne>(params.shape, params, first, second, output);
}

void largerOf(const Broadcast& shape, const int8_t* first, const int8_t* second, int8_t* output) {
  walkTogether<Broadcast, larger>(shape, shape, first, second, output);
}

void smallerOf(const Broadcast& shape, const int8_t* first, const int8_t* second, int8_t* output) {
  walkTogether<Broadcast, smaller>(shape, shape, first, second, output);
}

}  // namespace nn
}  // namespace dormouse
