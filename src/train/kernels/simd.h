// Small helpers over 128-bit SIMD that several kernels share.
#pragma once
#include <stdint.h>
#include <wasm_simd128.h>

#include "program.h"

namespace dormouse {
namespace train {

inline v128_t activated(v128_t value, int32_t activation) {
  if (activation == kNone) return value;
  // Not pmax, which would hide a NaN: a training that went wrong must show.
  value = wasm_f32x4_max(value, wasm_f32x4_splat(0.0f));
  return activation == kRelu6 ? wasm_f32x4_min(value, wasm_f32x4_splat(6.0f)) : value;
}

// The first `count` of four values; all of them if there are more.
inline void storeFirst(float* out, v128_t value, int32_t count) {
  if (count >= 4) {
    wasm_v128_store(out, value);
    return;
  }
  float lanes[4];
  wasm_v128_store(lanes, value);
  for (int32_t i = 0; i < count; i++) out[i] = lanes[i];
}

// Few values by hand: V8 leaves the module to copy memory, which takes longer than a short row.
inline void copyValues(const float* from, int32_t count, float* to) {
  if (count > 512) {
    __builtin_memcpy(to, from, static_cast<uint32_t>(count) * sizeof(float));
    return;
  }
  for (int32_t i = 0; i < count; i += 4) storeFirst(to + i, wasm_v128_load(from + i), count - i);
}

// hashOf() of math.h for four counters.
inline v128_t hashOfFour(uint32_t seed, v128_t counters) {
  const v128_t start = wasm_i32x4_splat(static_cast<int32_t>(seed));
  v128_t z = wasm_v128_xor(start, wasm_i32x4_mul(counters, wasm_u32x4_const_splat(0x9e3779b9u)));
  for (int round = 0; round < 2; round++) {
    z = wasm_v128_xor(z, wasm_u32x4_shr(z, 16));
    z = wasm_i32x4_mul(z, wasm_u32x4_const_splat(0x85ebca6bu));
    z = wasm_v128_xor(z, wasm_u32x4_shr(z, 13));
    z = wasm_i32x4_mul(z, wasm_u32x4_const_splat(0xc2b2ae35u));
    z = wasm_v128_xor(z, wasm_u32x4_shr(z, 16));
    z = wasm_i32x4_add(z, start);
  }
  return z;
}

// Rows become columns.
inline void turn(v128_t (&m)[4]) {
  const v128_t a = wasm_i32x4_shuffle(m[0], m[1], 0, 4, 1, 5);
  const v128_t b = wasm_i32x4_shuffle(m[2], m[3], 0, 4, 1, 5);
  const v128_t c = wasm_i32x4_shuffle(m[0], m[1], 2, 6, 3, 7);
  const v128_t d = wasm_i32x4_shuffle(m[2], m[3], 2, 6, 3, 7);
  m[0] = wasm_i64x2_shuffle(a, b, 0, 2);
  m[1] = wasm_i64x2_shuffle(a, b, 1, 3);
  m[2] = wasm_i64x2_shuffle(c, d, 0, 2);
  m[3] = wasm_i64x2_shuffle(c, d, 1, 3);
}

}  // namespace train
}  // namespace dormouse
