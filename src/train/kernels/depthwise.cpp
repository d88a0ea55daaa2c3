// Depthwise convolution: each channel has its own `multiplier` small filters; kernel [kh, kw, in,
// multiplier].
#include "layers.h"

namespace dormouse {
namespace train {
namespace {

// The part of a window that lies on the input, for one output position.
struct Reach {
  int32_t from, to;  // first and behind the last index of the window
  int32_t start;     // input index of the window's index 0
};

Reach reachOf(int32_t out, int32_t stride, int32_t pad, int32_t kernel, int32_t length) {
  const int32_t start = out * stride - pad;
  return {start < 0 ? -start : 0, start + kernel > length ? length - start : kernel, start};
}

}  // namespace

void depthwiseForward(const Op& op, const Shard& shard) {
  const int32_t multiplier = op.outC / op.inC;
  for (int32_t n = shard.first; n < shard.last; n++) {
    const float* x = op.x + n * inputSizeOf(op);
    float* y = op.y + n * outputSizeOf(op);
    for (int32_t oy = 0; oy < op.outH; oy++) {
      const Reach rows = reachOf(oy, op.sH, op.padTop, op.kH, op.inH);
      for (int32_t ox = 0; ox < op.outW; ox++, y += op.outC) {
        const Reach columns = reachOf(ox, op.sW, op.padLeft, op.kW, op.inW);
        for (int32_t c = 0; c < op.outC; c++) y[c] = op.b ? op.b[c] : 0.0f;
        for (int32_t ky = rows.from; ky < rows.to; ky++) {
          for (int32_t kx = columns.from; kx < columns.to; kx++) {
            const float* in = x + ((rows.start + ky) * op.inW + columns.start + kx) * op.inC;
            const float* w = op.w + (ky * op.kW + kx) * op.outC;
            if (multiplier == 1) {
              for (int32_t c = 0; c < op.outC; c++) y[c] += in[c] * w[c];
            } else {
              for (int32_t c = 0; c < op.outC; c++) y[c] += in[c / multiplier] * w[c];
            }
          }
        }
        if (op.activation != kNone) {
          for (int32_t c = 0; c < op.outC; c++) {
            if (y[c] < 0.0f) y[c] = 0.0f;
            if (op.activation == kRelu6 && y[c] > 6.0f) y[c] = 6.0f;
          }
        }
      }
    }
  }
}

void depthwiseBackward(const Op& op, const Shard& shard) {
  const int32_t multiplier = op.outC / op.inC;
  const int32_t weights = op.kH * op.kW * op.outC;
  float* dw = op.dw + shard.gradOffset;
  float* db = op.db + shard.gradOffset;
  for (int32_t i = 0; i < weights; i++) dw[i] = 0.0f;
  for (int32_t c = 0; c < op.outC; c++) db[c] = 0.0f;
  for (int32_t n = shard.first; n < shard.last; n++) {
    const float* x = op.x + n * inputSizeOf(op);
    float* dx = op.dx ? op.dx + n * inputSizeOf(op) : nullptr;
    float* dy = op.dy + n * outputSizeOf(op);
    maskByActivation(dy, op.y + n * outputSizeOf(op), outputSizeOf(op), op.activation);
    if (dx && !(op.accumulate & kAccumulateDx))
      for (int32_t i = 0; i < inputSizeOf(op); i++) dx[i] = 0.0f;
    for (int32_t oy = 0; oy < op.outH; oy++) {
      const Reach rows = reachOf(oy, op.sH, op.padTop, op.kH, op.inH);
      for (int32_t ox = 0; ox < op.outW; ox++, dy += op.outC) {
        const Reach columns = reachOf(ox, op.sW, op.padLeft, op.kW, op.inW);
        for (int32_t c = 0; c < op.outC; c++) db[c] += dy[c];
        for (int32_t ky = rows.from; ky < rows.to; ky++) {
          for (int32_t kx = columns.from; kx < columns.to; kx++) {
            const int32_t at = ((rows.start + ky) * op.inW + columns.start + kx) * op.inC;
            const int32_t wAt = (ky * op.kW + kx) * op.outC;
            for (int32_t c = 0; c < op.outC; c++) dw[wAt + c] += x[at + c / multiplier] * dy[c];
            if (!dx) continue;
            for (int32_t c = 0; c < op.outC; c++) dx[at + c / multiplier] += op.w[wAt + c] * dy[c];
          }
        }
      }
    }
  }
}

}  // namespace train
}  // namespace dormouse
