// exp and log that give the same bits everywhere, from + - * / alone, and a counter-based noise source.
#pragma once
#include <stdint.h>

namespace dormouse {
namespace train {

inline float fromBits(uint32_t bits) {
  float value;
  __builtin_memcpy(&value, &bits, sizeof value);
  return value;
}

inline uint32_t toBits(float value) {
  uint32_t bits;
  __builtin_memcpy(&bits, &value, sizeof bits);
  return bits;
}

// e^x for x <= 88, relative error below 2e-7; 0 below -87. x = n ln 2 + r, then e^r by its series to r^7.
inline float expOf(float x) {
  if (x < -87.0f) return 0.0f;
  if (x > 88.0f) x = 88.0f;
  const float n = __builtin_floorf(x * 1.44269504f + 0.5f);
  // ln 2 in two parts, the first exact in few bits, so that n ln 2 loses nothing.
  const float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  float p = 1.0f / 5040.0f;
  p = p * r + 1.0f / 720.0f;
  p = p * r + 1.0f / 120.0f;
  p = p * r + 1.0f / 24.0f;
  p = p * r + 1.0f / 6.0f;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  return p * fromBits(static_cast<uint32_t>(static_cast<int32_t>(n) + 127) << 23);
}

// ln x for a normal positive x, relative error below 3e-7. x = 2^n m with m in [0.707, 1.414), then
// 2 artanh((m-1)/(m+1)) by its series.
inline float logOf(float x) {
  const uint32_t bits = toBits(x);
  int32_t n = static_cast<int32_t>(bits >> 23) - 127;
  float m = fromBits((bits & 0x007fffffu) | 0x3f800000u);
  if (m > 1.41421356f) {
    m *= 0.5f;
    n += 1;
  }
  const float t = (m - 1.0f) / (m + 1.0f);
  const float t2 = t * t;
  float p = 2.0f / 11.0f;
  p = p * t2 + 2.0f / 9.0f;
  p = p * t2 + 2.0f / 7.0f;
  p = p * t2 + 2.0f / 5.0f;
  p = p * t2 + 2.0f / 3.0f;
  p = p * t2 + 2.0f;
  const float exponent = static_cast<float>(n);
  return exponent * 0.693359375f + (p * t - exponent * 2.12194440e-4f);
}

// 32 well-mixed bits from a seed and a counter (two rounds of MurmurHash3's finaliser), so that any thread
// can draw the number that belongs to an element.
inline uint32_t hashOf(uint32_t seed, uint32_t counter) {
  uint32_t z = seed ^ (counter * 0x9e3779b9u);
  for (int round = 0; round < 2; round++) {
    z ^= z >> 16;
    z *= 0x85ebca6bu;
    z ^= z >> 13;
    z *= 0xc2b2ae35u;
    z ^= z >> 16;
    z += seed;
  }
  return z;
}

// Uniform in [0, 1), a multiple of 2^-24.
inline float uniformOf(uint32_t bits) { return static_cast<float>(bits >> 8) * (1.0f / 16777216.0f); }

// Roughly normal, mean 0 and variance 1: four 16-bit uniforms added (Irwin-Hall), exact integer arithmetic.
inline float normalOf(uint32_t seed, uint32_t counter) {
  const uint32_t a = hashOf(seed, counter * 2u);
  const uint32_t b = hashOf(seed, counter * 2u + 1u);
  const int32_t sum = static_cast<int32_t>((a & 0xffffu) + (a >> 16) + (b & 0xffffu) + (b >> 16)) - 131070;
  return static_cast<float>(sum) * (1.7320508f / 65536.0f);
}

}  // namespace train
}  // namespace dormouse
