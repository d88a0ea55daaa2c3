// Max and average pooling over [height, width, channels]; pooling over everything is a window of the input's
// size. An average counts only values on the input, never the padding (TensorFlow's rule).
#include "layers.h"

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

void maxOf(const Op& op, const Window& window, const float* x, float* y) {
  bool first = true;
  for (int32_t iy = window.top; iy < window.bottom; iy++) {
    for (int32_t ix = window.left; ix < window.right; ix++) {
      const float* in = x + (iy * op.inW + ix) * op.inC;
      for (int32_t c = 0; c < op.inC; c++) y[c] = first || in[c] > y[c] ? in[c] : y[c];
      first = false;
    }
  }
}

void averageOf(const Op& op, const Window& window, const float* x, float* y) {
  const float share = 1.0f / static_cast<float>((window.bottom - window.top) * (window.right - window.left));
  for (int32_t c = 0; c < op.inC; c++) y[c] = 0.0f;
  for (int32_t iy = window.top; iy < window.bottom; iy++)
    for (int32_t ix = window.left; ix < window.right; ix++)
      for (int32_t c = 0; c < op.inC; c++) y[c] += x[(iy * op.inW + ix) * op.inC + c];
  for (int32_t c = 0; c < op.inC; c++) y[c] *= share;
}

// The gradient of a maximum goes to the first value that equals it.
void spreadMax(const Op& op, const Window& window, const float* x, const float* y, const float* dy,
               float* dx) {
  for (int32_t c = 0; c < op.inC; c++) {
    bool found = false;
    for (int32_t iy = window.top; iy < window.bottom && !found; iy++) {
      for (int32_t ix = window.left; ix < window.right && !found; ix++) {
        const int32_t at = (iy * op.inW + ix) * op.inC + c;
        if (x[at] != y[c]) continue;
        dx[at] += dy[c];
        found = true;
      }
    }
  }
}

void spreadAverage(const Op& op, const Window& window, const float* dy, float* dx) {
  const float share = 1.0f / static_cast<float>((window.bottom - window.top) * (window.right - window.left));
  for (int32_t iy = window.top; iy < window.bottom; iy++)
    for (int32_t ix = window.left; ix < window.right; ix++)
      for (int32_t c = 0; c < op.inC; c++) dx[(iy * op.inW + ix) * op.inC + c] += dy[c] * share;
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
