// From an int32 sum to int8, as every convolution ends.
#ifndef DORMOUSE_NN_KERNELS_REQUANTIZE_H
#define DORMOUSE_NN_KERNELS_REQUANTIZE_H

#include "../fixed_point.h"
#include "conv.h"

namespace dormouse {
namespace nn {

inline int8_t requantize(uint32_t sum, const Requantization& r, uint32_t channel) {
  const uint32_t at = channel * r.step;
  const int32_t scaled = multiply(static_cast<int32_t>(sum), r.multipliers[at], r.shifts[at]);
  return static_cast<int8_t>(clamp(wrapAdd(scaled, r.outputOffset), r.low, r.high));
}

}  // namespace nn
}  // namespace dormouse

#endif
