#include "exact.h"

#include "math.h"

namespace dormouse {
namespace math {

uint32_t bitsOf(float x) {
  uint32_t bits;
  __builtin_memcpy(&bits, &x, sizeof bits);
  return bits;
}

float floatOf(uint32_t bits) {
  float x;
  __builtin_memcpy(&x, &bits, sizeof x);
  return x;
}

bool isFinite(float x) { return (bitsOf(x) & 0x7F800000u) != 0x7F800000u; }

// Digit by digit on the mantissa: 24 result bits and one for rounding. No hardware root is used, since
// soft-float libraries differ and compilers guard the hardware's with a call to sqrtf.
float squareRoot(float x) {
  uint32_t bits = bitsOf(x);
  if ((bits & 0x80000000u) != 0 || bits == 0 || bits > 0x7F800000u) return 0.0f;
  if (bits == 0x7F800000u) return x;
  int32_t exponent = static_cast<int32_t>(bits >> 23);
  uint32_t mantissa = bits & 0x7FFFFFu;
  if (exponent == 0) {
    exponent = 1;
    while ((mantissa & 0x800000u) == 0) {
      mantissa <<= 1;
      exponent--;
    }
  }
  mantissa |= 0x800000u;
  exponent -= 127;
  if ((exponent & 1) != 0) {
    mantissa <<= 1;
    exponent--;
  }
  // mantissa is in [2^23, 2^25); its root times 2^12.5.. is found with 25 bits: root = floor(sqrt(mantissa *
  // 2^25)).
  uint32_t root = 0;
  uint32_t rest = 0;
  for (int32_t step = 24; step >= 0; step--) {
    // Two more bits of mantissa * 2^25 (50 bits in all) come in from the top.
    const uint32_t two =
        step >= 13 ? (mantissa >> ((step - 13) * 2 + 1)) & 3u : (step == 12 ? (mantissa & 1u) << 1 : 0u);
    rest = (rest << 2) | two;
    const uint32_t trial = (root << 2) | 1u;
    root <<= 1;
    if (rest >= trial) {
      rest -= trial;
      root |= 1u;
    }
  }
  // A root is never exactly half way between two floats, so the last bit decides alone.
  const uint32_t rounded = (root >> 1) + (root & 1u);
  return floatOf((static_cast<uint32_t>(exponent / 2 + 127) << 23) + (rounded - 0x800000u));
}

// x = 2^k * m with m in [sqrt(1/2), sqrt(2)); log m = 2 atanh(s), s = (m - 1) / (m + 1), as an odd series in
// s.
float logarithm(float x) {
  uint32_t bits = bitsOf(x);
  if ((bits & 0x80000000u) != 0 || bits < 0x00800000u) bits = 0x00800000u;
  if (bits >= 0x7F800000u) return x;
  int32_t k = static_cast<int32_t>(bits >> 23) - 127;
  uint32_t mantissa = bits & 0x7FFFFFu;
  if (mantissa >= 0x3504F3u) {  // above sqrt(2)
    k++;
    mantissa |= 0x3F000000u;
  } else {
    mantissa |= 0x3F800000u;
  }
  const float f = floatOf(mantissa) - 1.0f;
  const float s = f / (2.0f + f);
  const float z = s * s;
  // log(1+f) = f - s * (f - R), R = z*(2/3 + z*(2/5 + z*(2/7 + z*2/9))): the large term f stays exact.
  float r = 0.2431956f;
  r = r * z + 0.28569585f;
  r = r * z + 0.4000001f;
  r = r * z + 0.6666667f;
  r = r * z;
  const float kf = static_cast<float>(k);
  // ln 2 in two parts; the high part times any k is exact.
  const float high = kf * 0.693145751953125f;
  const float low = kf * 1.4286068203094172e-6f;
  return high + (f - (s * (f - r) - low));
}

// x = k ln 2 + r, |r| <= ln 2 / 2; e^r by its series.
float exponential(float x) {
  const uint32_t bits = bitsOf(x);
  if ((bits & 0x7FFFFFFFu) > 0x7F800000u) return x;
  if (x > 88.7228394f) return floatOf(0x7F800000u);
  if (x < -87.3365402f) return 0.0f;
  const int32_t k = roundAway(x * 1.44269504f);
  const float kf = static_cast<float>(k);
  const float r = (x - kf * 0.693145751953125f) - kf * 1.4286068203094172e-6f;
  float p = 1.9841270e-4f;
  p = p * r + 1.3888889e-3f;
  p = p * r + 8.3333333e-3f;
  p = p * r + 4.1666667e-2f;
  p = p * r + 0.16666667f;
  p = p * r + 0.5f;
  const float y = 1.0f + (r + r * r * p);
  // y is in [0.7, 1.42); its exponent field plus k stays in range except at the very top.
  if (k == 128) return y * 2.0f * floatOf(0x7F000000u);
  const int32_t field = static_cast<int32_t>(bitsOf(y) >> 23) + k;
  if (field <= 0) return 0.0f;
  return floatOf(bitsOf(y) + (static_cast<uint32_t>(k) << 23));
}

static float sineSeries(float x) {
  const float z = x * x;
  float p = 2.7557319e-6f;
  p = p * z + -1.9841270e-4f;
  p = p * z + 8.3333333e-3f;
  p = p * z + -0.16666667f;
  return x + x * (z * p);
}

static float cosineSeries(float x) {
  const float z = x * x;
  float p = 2.4801587e-5f;
  p = p * z + -1.3888889e-3f;
  p = p * z + 4.1666667e-2f;
  return 1.0f + (z * -0.5f + z * (z * p));
}

void sinCos(float x, float* sine, float* cosine) {
  // Above pi/4 the series of the complement is the shorter one.
  const bool negative = x < 0.0f;
  const float a = negative ? -x : x;
  float s;
  float c;
  if (a <= 0.78539819f) {
    s = sineSeries(a);
    c = cosineSeries(a);
  } else {
    const float rest = (1.57079637f - a) - 4.37113883e-8f;
    s = cosineSeries(rest);
    c = sineSeries(rest);
  }
  *sine = negative ? -s : s;
  *cosine = c;
}

void sinCosOfTurn(uint32_t numerator, uint32_t denominator, float* sine, float* cosine) {
  // Folded into the first eighth of a turn in integers, so that symmetric angles give symmetric bits.
  const uint32_t n = numerator & (denominator - 1u);
  uint32_t eighths = n * 8u;
  const uint32_t octant = eighths / denominator;
  uint32_t rest = eighths - octant * denominator;
  if ((octant & 1u) != 0) rest = denominator - rest;
  const float x = static_cast<float>(rest) / static_cast<float>(denominator) * 0.78539819f;
  float s = sineSeries(x);
  float c = cosineSeries(x);
  if (((octant + 1u) & 2u) != 0) {
    const float t = s;
    s = c;
    c = t;
  }
  *sine = octant >= 4u ? -s : s;
  *cosine = octant >= 2u && octant < 6u ? -c : c;
}

int32_t roundAway(float x) {
  const uint32_t bits = bitsOf(x);
  const uint32_t magnitude = bits & 0x7FFFFFFFu;
  if (magnitude > 0x7F800000u) return 0;
  const int32_t exponent = static_cast<int32_t>(magnitude >> 23) - 127;
  if (exponent >= 31) return (bits >> 31) != 0 ? INT32_MIN : INT32_MAX;
  if (exponent < -1) return 0;
  uint32_t value = (magnitude & 0x7FFFFFu) | 0x800000u;
  if (exponent >= 23) {
    value <<= exponent - 23;
  } else {
    const int32_t drop = 23 - exponent;  // 1 to 24
    value = (value + (1u << (drop - 1))) >> drop;
  }
  return (bits >> 31) != 0 ? -static_cast<int32_t>(value) : static_cast<int32_t>(value);
}

}  // namespace math
}  // namespace dormouse
