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

// Whether an element is dropped is a function of the run's seed and its place in the batch, so backward can
// ask again.
void dropoutForward(const Op& op, const Shard& shard, bool dropping, uint32_t seed) {
  const int32_t size = inputSizeOf(op);
  const float gain = 1.0f / (1.0f - op.rate);
  for (int32_t i = shard.first * size; i < shard.last * size; i++) {
    const bool kept = !dropping || uniformOf(hashOf(seed, static_cast<uint32_t>(i))) >= op.rate;
    op.y[i] = kept ? op.x[i] * (dropping ? gain : 1.0f) : 0.0f;
  }
}

void dropoutBackward(const Op& op, const Shard& shard, bool dropping, uint32_t seed) {
  if (!op.dx) return;
  const int32_t size = inputSizeOf(op);
  const float gain = 1.0f / (1.0f - op.rate);
  const bool accumulate = (op.accumulate & kAccumulateDx) != 0;
  for (int32_t i = shard.first * size; i < shard.last * size; i++) {
    const bool kept = !dropping || uniformOf(hashOf(seed, static_cast<uint32_t>(i))) >= op.rate;
    const float value = kept ? op.dy[i] * (dropping ? gain : 1.0f) : 0.0f;
    op.dx[i] = accumulate ? op.dx[i] + value : value;
  }
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
