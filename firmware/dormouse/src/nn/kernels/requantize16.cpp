#include "requantize16.h"

namespace dormouse {
namespace nn {

int64_t dot16(const int16_t* values, const int8_t* weights, uint32_t count) {
  int64_t sum = 0;
  while (count != 0) {
    // So many products of 22 bits and a sign stay within 31.
    const uint32_t some = count < 256 ? count : 256;
    int32_t part = 0;
    for (uint32_t i = 0; i < some; i++) part += values[i] * weights[i];
    sum += part;
    values += some;
    weights += some;
    count -= some;
  }
  return sum;
}

}  // namespace nn
}  // namespace dormouse
