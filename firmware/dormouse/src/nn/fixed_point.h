// TensorFlow Lite's fixed-point arithmetic, with the double rounding of its reference kernels
// (TFLITE_SINGLE_ROUNDING off). This is one documented choice: outputs equal TFLM's to the bit. Integers
// only, wrapping where C++ would not define it.
#ifndef DORMOUSE_NN_FIXED_POINT_H
#define DORMOUSE_NN_FIXED_POINT_H

#include <stdint.h>

namespace dormouse {
namespace nn {

// value = multiplier * 2^(shift - 31); shift -31 to 30.
struct Multiplier {
  int32_t value;
  int8_t shift;
};

inline int32_t wrapAdd(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) + static_cast<uint32_t>(b));
}

inline int32_t shiftLeft(int32_t x, int32_t bits) {
  return static_cast<int32_t>(static_cast<uint32_t>(x) << bits);
}

// (a * b + 2^30) / 2^31, halves towards plus infinity, saturated. TFLite writes it with a nudge of either
// sign and a division towards zero; that is the same number.
inline int32_t multiplyHigh(int32_t a, int32_t b) {
  if (a == INT32_MIN && b == INT32_MIN) return INT32_MAX;
  return static_cast<int32_t>((static_cast<int64_t>(a) * b + (1 << 30)) >> 31);
}

// x / 2^bits, halves away from zero; bits 0 to 31.
inline int32_t divideByPowerOfTwo(int32_t x, int32_t bits) {
  const int32_t mask = static_cast<int32_t>((1u << bits) - 1u);
  const int32_t rest = x & mask;
  const int32_t threshold = (mask >> 1) + (x < 0 ? 1 : 0);
  return (x >> bits) + (rest > threshold ? 1 : 0);
}

inline int32_t multiply(int32_t x, int32_t multiplier, int32_t shift) {
  const int32_t left = shift > 0 ? shift : 0;
  return divideByPowerOfTwo(multiplyHigh(shiftLeft(x, left), multiplier), left - shift);
}

inline int32_t multiply(int32_t x, const Multiplier& m) { return multiply(x, m.value, m.shift); }

// For sums of 64 bits, with multipliers of 15 bits as TFLite has it there; shift -31 to kMostWideShift.
inline int32_t multiplyWide(int64_t x, int32_t multiplier, int32_t shift) {
  const int32_t reduced = multiplier < 0x7FFF0000 ? (multiplier + (1 << 15)) >> 16 : 0x7FFF;
  const int32_t right = 15 - shift;
  const uint64_t product = static_cast<uint64_t>(x) * static_cast<uint64_t>(reduced) + (1ull << (right - 1));
  return static_cast<int32_t>(static_cast<int64_t>(product) >> right);
}

enum { kMostWideShift = 7 };

inline int32_t clamp(int32_t x, int32_t low, int32_t high) { return x < low ? low : (x > high ? high : x); }

}  // namespace nn
}  // namespace dormouse

#endif
