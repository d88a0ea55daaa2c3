// Turns ratios of float32 scales into fixed-point multipliers exactly as TFLite does with doubles, in
// integers, so that boards without a double unit need no soft-double library and every machine gets the same
// bits.
#ifndef DORMOUSE_NN_MULTIPLIER_H
#define DORMOUSE_NN_MULTIPLIER_H

#include <stdint.h>

#include "fixed_point.h"

namespace dormouse {
namespace nn {

// mantissa * 2^exponent; mantissa 0 = zero. Exact.
struct Real {
  uint64_t mantissa;
  int32_t exponent;
};

// True for positive finite numbers, the only scales that mean something.
inline bool usableScale(float scale) {
  uint32_t bits;
  __builtin_memcpy(&bits, &scale, sizeof bits);
  return bits - 1 < 0x7F800000u - 1;
}

Real realOf(float positive);
Real product(float a, float b);  // exact, as double(a) * double(b)
Real timesPowerOfTwo(Real real, int32_t exponent);

// QuantizeMultiplier(double(numerator) / double(denominator)): the quotient rounded to 53 bits (to even),
// then to 31 (half away from zero). Values below 2^-32 become 0; false for values too large for a shift
// of 30.
bool quantiseRatio(Real numerator, float denominator, Multiplier* multiplier);

// The same for a denominator of up to 53 bits, with more instructions.
bool quantiseQuotient(Real numerator, Real denominator, Multiplier* multiplier);

// One ratio of scales, input to output, for weights of many scales: quantiseRatio(input * weights, output)
// with far fewer instructions.
class RatioOfScales {
 public:
  RatioOfScales(float input, float output);
  // For `count` scales of weights, `step` (1 or 0) apart: multipliers and shifts to the right. False where a
  // scale is not usable or a multiplier too large. `least` and `most` become the extremes of the shifts.
  bool timesAll(const float* weights, uint32_t step, uint32_t count, int32_t* multipliers, int8_t* rights,
                int32_t* least, int32_t* most) const;

 private:
  bool times(float weights, Multiplier* multiplier) const;

  float input_;
  float output_;
  uint32_t high_;  // the ratio's mantissa in 62 bits and one or none
  uint32_t low_;
  int32_t exponent_;
};

// round half away from zero(value / scale), the quotient in float32, for small whole values; in integers
// only. Saturates far beyond all int8.
int32_t quantiseWhole(uint32_t value, float scale);

// True where two usable scales differ by 1e-6 at most, as TFLite compares them.
bool nearlySame(float a, float b);

// zero point + round half away from zero(value / scale), the quotient in float32; saturated to int32.
int32_t quantiseValue(float value, float scale, int32_t zeroPoint);

}  // namespace nn
}  // namespace dormouse

#endif
