// From sums of products of int16 values with int8 weights to int16.
#ifndef DORMOUSE_NN_KERNELS_REQUANTIZE16_H
#define DORMOUSE_NN_KERNELS_REQUANTIZE16_H

#include "requantize.h"

namespace dormouse {
namespace nn {

// One number per channel, int32 or int64, low word first; or none.
struct WideBias {
  const int32_t* words;
  uint8_t perChannel;  // words: 0 (none), 1 or 2

  int64_t at(uint32_t channel) const {
    if (perChannel == 0) return 0;
    const int32_t* const low = words + channel * perChannel;
    if (perChannel == 1) return *low;
    const uint64_t high = static_cast<uint32_t>(low[1]);
    return static_cast<int64_t>(high << 32 | static_cast<uint32_t>(*low));
  }
};

// `quick` and the zero point of the output are left out.
struct WideRequantization {
  Requantization common;
  // Sums of 32 bits that wrap, as TFLite has them where the bias is int32.
  bool narrow;
};

inline int16_t requantize16(int64_t sum, const WideRequantization& r, uint32_t channel) {
  const uint32_t at = channel * r.common.step;
  const int32_t multiplier = r.common.multipliers[at];
  const int32_t shift = -r.common.rights[at];
  const int32_t scaled = r.narrow ? multiply(static_cast<int32_t>(sum), multiplier, shift)
                                  : multiplyWide(sum, multiplier, shift);
  return static_cast<int16_t>(clamp(scaled, r.common.low, r.common.high));
}

inline int64_t wrapAdd64(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}

// Exact.
int64_t dot16(const int16_t* values, const int8_t* weights, uint32_t count);

}  // namespace nn
}  // namespace dormouse

#endif
