// Arithmetic in whole numbers for sound: high halves of products, logarithms. Inside the DSP folder only.
// "Qn" after a name or in a comment: the number stands for itself times 2^n.
#ifndef DORMOUSE_DSP_WHOLE_H
#define DORMOUSE_DSP_WHOLE_H

#include <stdint.h>

namespace dormouse {
namespace dsp {

// floor(a * b / 2^32).
inline int32_t highProduct(int32_t a, int32_t b) {
#if defined(__ARM_ARCH_6M__)
  // No long multiplication there: four short ones are a fifth of the library's routine.
  const uint32_t aLow = static_cast<uint32_t>(a) & 0xFFFFu;
  const uint32_t bLow = static_cast<uint32_t>(b) & 0xFFFFu;
  const int32_t aHigh = a >> 16;
  const int32_t bHigh = b >> 16;
  const int32_t carry = static_cast<int32_t>((aLow * bLow) >> 16);
  const int32_t first = aHigh * static_cast<int32_t>(bLow) + carry;
  const int32_t second = static_cast<int32_t>(aLow) * bHigh + (first & 0xFFFF);
  return aHigh * bHigh + (first >> 16) + (second >> 16);
#else
  return static_cast<int32_t>((static_cast<int64_t>(a) * b) >> 32);
#endif
}

// a * a.
inline uint64_t square(int32_t a) {
#if defined(__ARM_ARCH_6M__)
  const uint32_t magnitude = a < 0 ? 0u - static_cast<uint32_t>(a) : static_cast<uint32_t>(a);
  const uint32_t low = magnitude & 0xFFFFu;
  const uint32_t high = magnitude >> 16;
  return (static_cast<uint64_t>(high * high) << 32) + (static_cast<uint64_t>(high * low) << 17) + low * low;
#else
  return static_cast<uint64_t>(static_cast<int64_t>(a) * a);
#endif
}

// floor(a * b / 2^32).
inline uint64_t highProduct64(uint64_t a, uint32_t b) {
  const uint64_t low = static_cast<uint64_t>(static_cast<uint32_t>(a)) * b;
  return (a >> 32) * b + (low >> 32);
}

// Base 2, Q16, within 2e-5 of the exact one; kLogOfZero for 0.
static const int32_t kLogOfZero = -(64 << 16);
int32_t logOf(uint64_t x);

// cos(turn * pi / 2), Q31, for 0 <= numerator / denominator = turn <= 1; 1 becomes 1 - 2^-31.
// denominator: up to 4096.
int32_t cosineQ31(uint32_t numerator, uint32_t denominator);

// Rounded, of two Q31 numbers.
int32_t productQ31(int32_t a, int32_t b);

}  // namespace dsp
}  // namespace dormouse

#endif
