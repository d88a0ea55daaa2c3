// From an int32 sum to int8, as every convolution ends.
#ifndef DORMOUSE_NN_KERNELS_REQUANTIZE_H
#define DORMOUSE_NN_KERNELS_REQUANTIZE_H

#include "../fixed_point.h"

namespace dormouse {
namespace nn {

// Arm's DSP extension: Cortex-M4, M7, M33.
#if defined(__ARM_FEATURE_DSP) && defined(__thumb2__)
#define DORMOUSE_NN_ARM_DSP 1
#endif
// Cortex-M0, M0+.
#if defined(__ARM_ARCH_6M__)
#define DORMOUSE_NN_ARM_SMALL 1
#endif

// How sums become int8: per output channel (step 1) or the same for all (step 0).
struct Requantization {
  const int32_t* multipliers;
  const int8_t* rights;  // shifts to the right; negative: to the left
  uint8_t step;
  // Sums stay below 2^30, rights lie in 1 to kMostQuickRight: then fewer instructions
  // give the same number.
  bool quick;
  int16_t outputOffset;
  int16_t low;
  int16_t high;
};

enum { kMostQuickRight = 20 };

// multiplyHigh() for |x| below 2^30 and multipliers of 31 bits.
inline int32_t multiplyHighQuickly(int32_t x, int32_t multiplier) {
#if defined(DORMOUSE_NN_ARM_DSP)
  int32_t result;
  asm("smmulr %0, %1, %2" : "=r"(result) : "r"(shiftLeft(x, 1)), "r"(multiplier));
  return result;
#elif defined(DORMOUSE_NN_ARM_SMALL)
  // From four products of 16 bits: the product's bits from 30 on, where what lies below 16 matters only
  // through its carry.
  const uint32_t xLow = static_cast<uint32_t>(x) & 0xFFFFu;
  const int32_t xHigh = x >> 16;
  const uint32_t low = static_cast<uint32_t>(multiplier) & 0xFFFFu;
  const int32_t high = multiplier >> 16;
  const uint32_t middle = xLow * static_cast<uint32_t>(high) + ((xLow * low) >> 16);
  const int32_t other = xHigh * static_cast<int32_t>(low) + static_cast<int32_t>(middle & 0xFFFFu);
  const int32_t top = xHigh * high + (other >> 16) + static_cast<int32_t>(middle >> 16);
  return ((shiftLeft(top, 2) | ((other & 0xFFFF) >> 14)) + 1) >> 1;
#else
  return static_cast<int32_t>((static_cast<int64_t>(x) * multiplier + (1 << 30)) >> 31);
#endif
}

inline int8_t requantize(uint32_t sum, const Requantization& r, uint32_t channel) {
  const uint32_t at = channel * r.step;
  const int32_t scaled = multiply(static_cast<int32_t>(sum), r.multipliers[at], -r.rights[at]);
  return static_cast<int8_t>(clamp(wrapAdd(scaled, r.outputOffset), r.low, r.high));
}

// requantize() for one channel where `quick` holds.
class QuickChannel {
 public:
  QuickChannel(const Requantization& r, uint32_t channel)
      : multiplier_(r.multipliers[channel * r.step]),
        right_(r.rights[channel * r.step]),
        bias_(shiftLeft(2 * r.outputOffset + 1, right_) >> 1),
        low_(r.low),
        high_(r.high) {}

  int8_t requantize(uint32_t sum) const {
    int32_t scaled = multiplyHighQuickly(static_cast<int32_t>(sum), multiplier_);
    // Halves away from zero; the zero point joins in before the shift.
    scaled += scaled >> 31;
    scaled = (scaled + bias_) >> right_;
    return static_cast<int8_t>(clamp(scaled, low_, high_));
  }

 private:
  int32_t multiplier_;
  int32_t right_;
  int32_t bias_;
  int32_t low_;
  int32_t high_;
};

// Brings int8 values that are already there into the range of a fused activation.
void clampRows(const Requantization& r, int8_t* rows, uint32_t count, uint32_t length, uint32_t stride);

inline bool clampsFurther(const Requantization& r) { return r.low > -128 || r.high < 127; }

}  // namespace nn
}  // namespace dormouse

#endif
