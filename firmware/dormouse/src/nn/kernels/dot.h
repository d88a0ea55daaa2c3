// The inner products under conv and fullyConnected. Unsigned arithmetic, so that hostile sizes wrap as TFLM's
// sums do.
#ifndef DORMOUSE_NN_KERNELS_DOT_H
#define DORMOUSE_NN_KERNELS_DOT_H

#include <stdint.h>

namespace dormouse {
namespace nn {

// sum of (input + offset) * weight
inline uint32_t dot(const int8_t* input, const int8_t* weights, uint32_t n, int32_t offset) {
  uint32_t sum = 0;
  for (uint32_t i = 0; i < n; i++) sum += static_cast<uint32_t>((input[i] + offset) * weights[i]);
  return sum;
}

}  // namespace nn
}  // namespace dormouse

#endif
