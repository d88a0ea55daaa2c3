// Layers without weights: activations, dropout, addition, zero padding.
#include "layers.h"
#include "math.h"
#include "simd.h"

namespace dormouse {
namespace train {

void maskByActivation(float* dy, const float* y, int32_t n, int32_t activation) {
  if (activation == kNone) return;
  const v128_t low = wasm_f32x4_splat(0.0f);
  const v128_t high = wasm_f32x4_splat(activation == kRelu6 ? 6.0f : __builtin_inff());
  int32_t i = 0;
  for (; i + 4 <= n; i += 4) {
    const v128_t value = wasm_v128_load(y + i);
    const v128_t inside = wasm_v128_and(wasm_f32x4_gt(value, low), wasm_f32x4_lt(value, high));
    wasm_v128_store(dy + i, wasm_v128_and(wasm_v128_load(dy + i), inside));
  }
  for (; i < n; i++) dy[i] = y[i] > 0.0f && (activation == kRelu || y[i] < 6.0f) ? dy[i] : 0.0f;
}

namespace {

void activate(float* y, int32_t n, int32_t activation) {
  if (activation == kNone) return;
  const float top = activation == kRelu6 ? 6.0f : 3.4e38f;
  for (int32_t i = 0; i < n; i++) {
    // In this order a NaN stays one.
    const float low = y[i] < 0.0f ? 0.0f : y[i];
    y[i] = low > top ? top : low;
  }
}

void pass(const float* dy, float* dx, int32_t n, bool accumulate) {
  if (accumulate) {
    for (int32_t i = 0; i < n; i++) dx[i] += dy[i];
  } else {
    for (int32_t i = 0; i < n; i++) dx[i] = dy[i];
  }
}

}  // namespace

void activationForward(const Op& op, const Shard& shard) {
  const int32_t size = inputSizeOf(op);
  const int32_t from = shard.first * size;
  const int32_t n = (shard.last - shard.first) * size;
  for (int32_t i = 0; i < n; i++) op.y[from + i] = op.x[from + i];
  activate(op.y + from, n, op.activation);
}

void activationBackward(const Op& op, const Shard& shard) {
  const int32_t size = inputSizeOf(op);
  const int32_t from = shard.first * size;
  const int32_t n = (shard.last - shard.first) * size;
  maskByActivation(op.dy + from, op.y + from, n, op.activation);
  if (op.dx) pass(op.dy + from, op.dx + from, n, (op.accumulate & kAccumulateDx) != 0);
}

namespace {

// The factors of elements [i, i + 4): 0 for those that are dropped. Whether one is dropped is a function of
// the run's seed and its place in the batch, so backward can ask again.
v128_t factorsAt(int32_t i, float rate, uint32_t seed) {
  const v128_t counters = wasm_i32x4_add(wasm_i32x4_splat(i), wasm_i32x4_const(0, 1, 2, 3));
  const v128_t bits = wasm_u32x4_shr(hashOfFour(seed, counters), 8);
  const v128_t uniform =
      wasm_f32x4_mul(wasm_f32x4_convert_i32x4(bits), wasm_f32x4_const_splat(1.0f / 16777216.0f));
  return wasm_v128_and(wasm_f32x4_ge(uniform, wasm_f32x4_splat(rate)),
                       wasm_f32x4_splat(1.0f / (1.0f - rate)));
}

// out = in, or what dropping leaves of it; or adds that.
void drop(const Op& op, const Shard& shard, bool dropping, uint32_t seed, const float* in, float* out,
          bool accumulate) {
  const int32_t size = inputSizeOf(op);
  const int32_t end = shard.last * size;
  const float rate = op.rate;
  for (int32_t i = shard.first * size; i < end; i += 4) {
    v128_t value = wasm_v128_load(in + i);
    if (dropping) {
      const v128_t factors = factorsAt(i, rate, seed);
      // Not a product with 0, which would make a NaN of infinity.
      value = wasm_v128_and(wasm_f32x4_mul(value, factors), wasm_f32x4_gt(factors, wasm_f32x4_splat(0.0f)));
    }
    storeFirst(out + i, accumulate ? wasm_f32x4_add(wasm_v128_load(out + i), value) : value, end - i);
  }
}

}  // namespace

void dropoutForward(const Op& op, const Shard& shard, bool dropping, uint32_t seed) {
  drop(op, shard, dropping, seed, op.x, op.y, false);
}

void dropoutBackward(const Op& op, const Shard& shard, bool dropping, uint32_t seed) {
  if (op.dx) drop(op, shard, dropping, seed, op.dy, op.dx, (op.accumulate & kAccumulateDx) != 0);
}

void addForward(const Op& op, const Shard& shard) {
  const int32_t size = inputSizeOf(op);
  const int32_t from = shard.first * size;
  const int32_t n = (shard.last - shard.first) * size;
  for (int32_t i = from; i < from + n; i++) op.y[i] = op.x[i] + op.x2[i];
  activate(op.y + from, n, op.activation);
}

void addBackward(const Op& op, const Shard& shard) {
  const int32_t size = inputSizeOf(op);
  const int32_t from = shard.first * size;
  const int32_t n = (shard.last - shard.first) * size;
  maskByActivation(op.dy + from, op.y + from, n, op.activation);
  if (op.dx) pass(op.dy + from, op.dx + from, n, (op.accumulate & kAccumulateDx) != 0);
  if (op.dx2) pass(op.dy + from, op.dx2 + from, n, (op.accumulate & kAccumulateDx2) != 0);
}

void padForward(const Op& op, const Shard& shard) {
  const int32_t row = op.inW * op.inC;
  for (int32_t n = shard.first; n < shard.last; n++) {
    float* y = op.y + n * outputSizeOf(op);
    __builtin_memset(y, 0, static_cast<uint32_t>(outputSizeOf(op)) * sizeof(float));
    for (int32_t iy = 0; iy < op.inH; iy++) {
      const float* x = op.x + n * inputSizeOf(op) + iy * row;
      float* out = y + ((iy + op.padTop) * op.outW + op.padLeft) * op.outC;
      for (int32_t i = 0; i < row; i++) out[i] = x[i];
    }
  }
}

void padBackward(const Op& op, const Shard& shard) {
  if (!op.dx) return;
  const int32_t row = op.inW * op.inC;
  for (int32_t n = shard.first; n < shard.last; n++) {
    for (int32_t iy = 0; iy < op.inH; iy++) {
      const float* dy = op.dy + n * outputSizeOf(op) + ((iy + op.padTop) * op.outW + op.padLeft) * op.outC;
      pass(dy, op.dx + n * inputSizeOf(op) + iy * row, row, (op.accumulate & kAccumulateDx) != 0);
    }
  }
}

}  // namespace train
}  // namespace dormouse
