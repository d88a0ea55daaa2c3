// Max and average pooling over [height, width, channels]; pooling over everything is a window of the input's
// size. An average counts only values on the input, never the padding (TensorFlow's rule).
#include "layers.h"
#include "simd.h"

namespace dormouse {
namespace train {
namespace {

struct Window {
  int32_t top, bottom, left, right;  // on the input, bottom and right exclusive
};

Window windowOf(const Op& op, int32_t oy, int32_t ox) {
  const int32_t y = oy * op.sH - op.padTop;
  const int32_t x = ox * op.sW - op.padLeft;
  return {y < 0 ? 0 : y, y + op.kH > op.inH ? op.inH : y + op.kH, x < 0 ? 0 : x,
          x + op.kW > op.inW ? op.inW : x + op.kW};
}

const float* at(const Op& op, const float* x, int32_t iy, int32_t ix) {
  return x + (iy * op.inW + ix) * op.inC;
}

void maxOf(const Op& op, const Window& window, const float* x, float* y) {
  const int32_t size = op.inC;
  const int32_t row = (op.inW - (window.right - window.left)) * size;
  const int32_t height = window.bottom - window.top;
  const int32_t width = window.right - window.left;
  for (int32_t c = 0; c < size; c += 4) {
    const float* in = at(op, x, window.top, window.left) + c;
    v128_t top = wasm_v128_load(in);
    for (int32_t i = 0; i < height; i++, in += row)
      for (int32_t k = 0; k < width; k++, in += size) top = wasm_f32x4_pmax(top, wasm_v128_load(in));
    storeFirst(y + c, top, size - c);
  }
}

v128_t shareOf(const Window& window) {
  return wasm_f32x4_splat(1.0f /
                          static_cast<float>((window.bottom - window.top) * (window.right - window.left)));
}

void averageOf(const Op& op, const Window& window, const float* x, float* y) {
  const v128_t share = shareOf(window);
  for (int32_t c = 0; c < op.inC; c += 4) {
    v128_t sum = wasm_f32x4_splat(0.0f);
    for (int32_t iy = window.top; iy < window.bottom; iy++)
      for (int32_t ix = window.left; ix < window.right; ix++)
        sum = wasm_f32x4_add(sum, wasm_v128_load(at(op, x, iy, ix) + c));
    storeFirst(y + c, wasm_f32x4_mul(sum, share), op.inC - c);
  }
}

void addFirst(float* to, v128_t value, int32_t count) {
  storeFirst(to, wasm_f32x4_add(wasm_v128_load(to), value), count);
}

// The gradient of a maximum goes to the first value that equals it. `size` and `row` are read once: a store
// could mean any memory to the compiler, the record itself too.
void spreadMax(const Op& op, const Window& window, const float* x, const float* y, const float* dy,
               float* dx) {
  const int32_t size = op.inC;
  const int32_t row = (op.inW - (window.right - window.left)) * size;
  const int32_t first = (window.top * op.inW + window.left) * size;
  const int32_t height = window.bottom - window.top;
  const int32_t width = window.right - window.left;
  for (int32_t c = 0; c < size; c += 4) {
    const v128_t top = wasm_v128_load(y + c);
    v128_t left = wasm_v128_load(dy + c);
    const float* in = x + first + c;
    float* to = dx + first + c;
    for (int32_t i = 0; i < height; i++, in += row, to += row)
      for (int32_t k = 0; k < width; k++, in += size, to += size) {
        const v128_t hit = wasm_f32x4_eq(wasm_v128_load(in), top);
        addFirst(to, wasm_v128_and(left, hit), size - c);
        left = wasm_v128_andnot(left, hit);
      }
  }
}

void spreadAverage(const Op& op, const Window& window, const float* dy, float* dx) {
  const v128_t share = shareOf(window);
  for (int32_t c = 0; c < op.inC; c += 4) {
    const v128_t value = wasm_f32x4_mul(wasm_v128_load(dy + c), share);
    for (int32_t iy = window.top; iy < window.bottom; iy++)
      for (int32_t ix = window.left; ix < window.right; ix++)
        addFirst(dx + (iy * op.inW + ix) * op.inC + c, value, op.inC - c);
  }
}

}  // namespace

void poolForward(const Op& op, const Shard& shard) {
  for (int32_t n = shard.first; n < shard.last; n++) {
    const float* x = op.x + n * inputSizeOf(op);
    float* y = op.y + n * outputSizeOf(op);
    for (int32_t oy = 0; oy < op.outH; oy++) {
      for (int32_t ox = 0; ox < op.outW; ox++, y += op.outC) {
        const Window window = windowOf(op, oy, ox);
        op.kind == kMaxPool ? maxOf(op, window, x, y) : averageOf(op, window, x, y);
      }
    }
  }
}

void poolBackward(const Op& op, const Shard& shard) {
  if (!op.dx) return;
  for (int32_t n = shard.first; n < shard.last; n++) {
    const float* x = op.x + n * inputSizeOf(op);
    const float* y = op.y + n * outputSizeOf(op);
    const float* dy = op.dy + n * outputSizeOf(op);
    float* dx = op.dx + n * inputSizeOf(op);
    if (!(op.accumulate & kAccumulateDx))
      for (int32_t i = 0; i < inputSizeOf(op); i++) dx[i] = 0.0f;
    for (int32_t oy = 0; oy < op.outH; oy++) {
      for (int32_t ox = 0; ox < op.outW; ox++, y += op.outC, dy += op.outC) {
        const Window window = windowOf(op, oy, ox);
        op.kind == kMaxPool ? spreadMax(op, window, x, y, dy, dx) : spreadAverage(op, window, dy, dx);
      }
    }
  }
}

}  // namespace train
}  // namespace dormouse
