#include "../math/exact.h"

#include "multiplier.h"

#include "../math/math.h"

namespace dormouse {
namespace nn {

Real realOf(float positive) {
  const uint32_t bits = math::bitsOf(positive);
  const int32_t field = static_cast<int32_t>((bits >> 23) & 0xFFu);
  Real real = {bits & 0x7FFFFFu, (field == 0 ? 1 : field) - 150};
  if (field != 0) real.mantissa |= 0x800000u;
  return real;
}

Real product(float a, float b) {
  const Real x = realOf(a);
  const Real y = realOf(b);
  const Real real = {x.mantissa * y.mantissa, x.exponent + y.exponent};
  return real;
}

Real timesPowerOfTwo(Real real, int32_t exponent) {
  real.exponent += exponent;
  return real;
}

namespace {
// mantissa shifted up so that its top bit is bit `top`.
Real normalised(Real real, int32_t top) {
  while ((real.mantissa >> top) == 0) {
    real.mantissa <<= 1;
    real.exponent--;
  }
  return real;
}

// Drops `bits` low bits. `sticky`: something not zero was dropped before.
uint64_t roundToEven(uint64_t x, int32_t bits, bool sticky) {
  const uint64_t half = 1ull << (bits - 1);
  const uint64_t rest = x & ((half << 1) - 1);
  const uint64_t kept = x >> bits;
  if (rest > half || (rest == half && (sticky || (kept & 1u) != 0))) return kept + 1;
  return kept;
}

// quotient * 2^exponent, quotient in [2^52, 2^53], to 31 bits.
bool toMultiplier(uint64_t quotient, int32_t exponent, Multiplier* multiplier) {
  if ((quotient >> 53) != 0) {
    quotient >>= 1;
    exponent++;
  }
  uint64_t fixed = (quotient + (1ull << 21)) >> 22;
  int32_t shift = exponent + 53;
  if (fixed == (1ull << 31)) {
    fixed >>= 1;
    shift++;
  }
  if (shift < -31) return true;
  if (shift > 30) return false;
  multiplier->value = static_cast<int32_t>(fixed);
  multiplier->shift = static_cast<int8_t>(shift);
  return true;
}
}  // namespace

bool quantiseRatio(Real numerator, float denominator, Multiplier* multiplier) {
  multiplier->value = 0;
  multiplier->shift = 0;
  if (numerator.mantissa == 0) return true;
  const Real n = normalised(numerator, 47);
  const Real d = normalised(realOf(denominator), 23);
  // n / d lies in (2^23, 2^25); with 32 more bits the quotient has 56 or 57, in two steps that fit 64.
  const uint64_t high = (n.mantissa << 15) / d.mantissa;
  const uint64_t highRest = (n.mantissa << 15) % d.mantissa;
  const uint64_t low = (highRest << 17) / d.mantissa;
  const bool sticky = (highRest << 17) % d.mantissa != 0;
  uint64_t quotient = (high << 17) + low;
  const int32_t exponent = n.exponent - d.exponent - 32;
  // To 53 bits, as a double holds them.
  const int32_t excess = (quotient >> 56) != 0 ? 4 : 3;
  quotient = roundToEven(quotient, excess, sticky);
  return toMultiplier(quotient, exponent + excess, multiplier);
}

bool quantiseQuotient(Real numerator, Real denominator, Multiplier* multiplier) {
  multiplier->value = 0;
  multiplier->shift = 0;
  if (numerator.mantissa == 0) return true;
  const Real n = normalised(numerator, 52);
  const Real d = normalised(denominator, 52);
  // Bit by bit: n / d lies in (1/2, 2), in units of 2^-54.
  uint64_t rest = n.mantissa;
  uint64_t quotient = 0;
  for (int32_t i = 0; i < 55; i++) {
    quotient <<= 1;
    if (rest >= d.mantissa) {
      rest -= d.mantissa;
      quotient |= 1;
    }
    rest <<= 1;
  }
  const int32_t excess = (quotient >> 54) != 0 ? 2 : 1;
  return toMultiplier(roundToEven(quotient, excess, rest != 0), n.exponent - d.exponent - 54 + excess,
                      multiplier);
}

RatioOfScales::RatioOfScales(float input, float output) : input_(input), output_(output) {
  const Real n = normalised(realOf(input), 23);
  const Real d = normalised(realOf(output), 23);
  const uint64_t quotient = (n.mantissa << 40) / d.mantissa;
  const uint64_t rest = (n.mantissa << 40) - quotient * d.mantissa;
  const uint64_t ratio = (quotient << 22) | ((rest << 22) / d.mantissa);
  high_ = static_cast<uint32_t>(ratio >> 32);
  low_ = static_cast<uint32_t>(ratio);
  exponent_ = n.exponent - d.exponent;
}

__attribute__((always_inline)) inline bool RatioOfScales::times(float weights, Multiplier* multiplier) const {
  uint32_t bits;
  __builtin_memcpy(&bits, &weights, sizeof bits);
  const uint32_t mantissa = (bits << 8) | 0x80000000u;
  // The ratio was rounded down, and so is this: less than 2 below the truth in 64 bits, 16 after the shift.
  const uint64_t scaled = static_cast<uint64_t>(high_) * mantissa +
                          static_cast<uint32_t>((static_cast<uint64_t>(low_) * mantissa) >> 32);
  const uint32_t top = static_cast<uint32_t>(scaled >> 32);
  const int32_t up = __builtin_clz(top);  // 1 to 3
  const uint32_t high = (top << up) | (static_cast<uint32_t>(scaled) >> (32 - up));
  const uint32_t low = static_cast<uint32_t>(scaled) << up;
  // Near the middle between two multipliers the rounding to 53 bits on the way counts; and subnormal scales
  // have no leading one.
  const uint32_t near = 1u << 12;
  if (((high & 1u) != 0 ? low : ~low) < near || bits < 0x00800000u)
    return quantiseRatio(product(input_, weights), output_, multiplier);
  uint32_t fixed = (high >> 1) + (high & 1u);
  int32_t shift = exponent_ + static_cast<int32_t>(bits >> 23) - 150 - up + 26;
  if (fixed == 1u << 31) {
    fixed >>= 1;
    shift++;
  }
  if (shift < -31) {
    fixed = 0;
    shift = 0;
  }
  multiplier->value = static_cast<int32_t>(fixed);
  multiplier->shift = static_cast<int8_t>(shift);
  return shift <= 30;
}

bool RatioOfScales::timesAll(const float* weights, uint32_t step, uint32_t count, int32_t* multipliers,
                             int8_t* rights, int32_t* least, int32_t* most) const {
  *least = 31;
  *most = -30;
  for (uint32_t i = 0; i < count; i++, weights += step) {
    Multiplier multiplier;
    if (!usableScale(*weights) || !times(*weights, &multiplier)) return false;
    const int32_t right = -multiplier.shift;
    multipliers[i] = multiplier.value;
    rights[i] = static_cast<int8_t>(right);
    if (right < *least) *least = right;
    if (right > *most) *most = right;
  }
  return true;
}

int32_t quantiseWhole(uint32_t value, float scale) {
  const int32_t beyond = 1 << 20;
  if (value == 0) return 0;
  const Real whole = {value, 0};
  const Real n = normalised(whole, 47);
  const Real d = normalised(realOf(scale), 23);
  const uint64_t quotient = (n.mantissa << 15) / d.mantissa;  // 39 or 40 bits
  const bool sticky = (n.mantissa << 15) != quotient * d.mantissa;
  // To 24 bits, as a float holds them.
  const int32_t excess = (quotient >> 39) != 0 ? 16 : 15;
  const uint64_t rounded = roundToEven(quotient, excess, sticky);
  const int32_t right = d.exponent + 15 - n.exponent - excess;
  if (right <= 4) return beyond;
  if (right > 32) return 0;
  return static_cast<int32_t>((rounded + (1ull << (right - 1))) >> right);
}

namespace {
// In units of 2^-58; what does not fit is as good as infinite.
uint64_t inFinestUnits(float scale) {
  const Real real = realOf(scale);
  const int32_t up = real.exponent + 58;
  if (up > 39) return UINT64_MAX;
  return up >= 0 ? real.mantissa << up : (up < -40 ? 0 : real.mantissa >> -up);
}
}  // namespace

bool nearlySame(float a, float b) {
  if (math::bitsOf(a) == math::bitsOf(b)) return true;
  const uint64_t x = inFinestUnits(a);
  const uint64_t y = inFinestUnits(b);
  const uint64_t difference = x > y ? x - y : y - x;
  return x != UINT64_MAX && y != UINT64_MAX && difference <= 0x8637BDull << 15;  // the float 1e-6
}

int32_t quantiseValue(float value, float scale, int32_t zeroPoint) {
  const int64_t sum = static_cast<int64_t>(math::roundAway(value / scale)) + zeroPoint;
  return sum > INT32_MAX ? INT32_MAX : (sum < INT32_MIN ? INT32_MIN : static_cast<int32_t>(sum));
}

}  // namespace nn
}  // namespace dormouse
