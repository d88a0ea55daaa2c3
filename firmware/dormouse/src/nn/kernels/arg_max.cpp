#include "arg_max.h"

namespace dormouse {
namespace nn {

void argMax(const ArgMaxParams& params, const int8_t* input, int32_t* output) {
  const size_t step = static_cast<size_t>(params.along) * params.inner;
  for (uint32_t row = 0; row < params.outer; row++, input += step) {
    for (uint32_t column = 0; column < params.inner; column++) {
      const int8_t* value = input + column;
      int8_t largest = *value;
      int32_t place = 0;
      for (uint32_t i = 1; i < params.along; i++) {
        value += params.inner;
        if (*value > largest) {
          largest = *value;
          place = static_cast<int32_t>(i);
        }
      }
      *output++ = place;
    }
  }
}

}  // namespace nn
}  // namespace dormouse
