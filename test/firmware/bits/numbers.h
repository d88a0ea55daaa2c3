// Pseudo-random inputs and the hash of what came out, the same on every machine. For the parts of the program
// of bits.cpp; include math/exact.h first.
#ifndef DORMOUSE_TEST_NUMBERS_H
#define DORMOUSE_TEST_NUMBERS_H

#include "bits.h"
#include "math/math.h"

using namespace dormouse;

struct Numbers {
  uint32_t state;
  uint32_t next() {
    state = state * 1664525u + 1013904223u;
    return state ^ (state >> 15);
  }
  uint32_t below(uint32_t n) { return (next() >> 8) % n; }
  // Any float but NaN, infinity and subnormals.
  float anyFloat() {
    const uint32_t bits = next();
    const uint32_t field = (bits >> 23) & 0xFFu;
    return math::floatOf(field == 0 || field == 255 ? 0x3F800000u | (bits & 0x807FFFFFu) : bits);
  }
  // In [-1, 1), exact.
  float unit() { return static_cast<float>(static_cast<int32_t>(next()) >> 8) * (1.0f / 8388608.0f); }
  int8_t byte() { return static_cast<int8_t>(next() >> 11); }
};

struct Hash {
  uint32_t value = 2166136261u;
  void word(uint32_t word) {
    for (int i = 0; i < 4; i++) value = (value ^ ((word >> (8 * i)) & 0xFFu)) * 16777619u;
  }
  void add(float x) { word(math::bitsOf(x)); }
  void add(const int8_t* bytes, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) value = (value ^ static_cast<uint8_t>(bytes[i])) * 16777619u;
  }
};

inline void report(Print print, const char* name, const Hash& hash) {
  char line[32];
  uint32_t n = 0;
  while (name[n] != 0 && n < 20) {
    line[n] = name[n];
    n++;
  }
  line[n++] = ' ';
  for (int i = 7; i >= 0; i--) line[n++] = "0123456789abcdef"[(hash.value >> (4 * i)) & 15u];
  line[n++] = '\n';
  line[n] = 0;
  print(line);
}

#endif
