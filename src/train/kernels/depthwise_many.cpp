// Depthwise convolution with `multiplier` filters per channel, kernel [kh, kw, in, multiplier], value by
// value: no model of the field's uses it.
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

// Calls body(output position, input offset, weight offset) for every place of every window.
template <typename Body>
void eachPlace(const Op& op, const Body& body) {
  for (int32_t oy = 0; oy < op.outH; oy++) {
    const Reach rows = reachOf(oy, op.sH, op.padTop, op.kH, op.inH);
    for (int32_t ox = 0; ox < op.outW; ox++) {
      const Reach columns = reachOf(ox, op.sW, op.padLeft, op.kW, op.inW);
      for (int32_t ky = rows.from; ky < rows.to; ky++)
        for (int32_t kx = columns.from; kx < columns.to; kx++)
          body((oy * op.outW + ox) * op.outC, ((rows.start + ky) * op.inW + columns.start + kx) * op.inC,
               (ky * op.kW + kx) * op.outC);
    }
  }
}

}  // namespace

void depthwiseManyForward(const Op& op, const Shard& shard) {
  const int32_t multiplier = op.outC / op.inC;
  const int32_t size = outputSizeOf(op);
  for (int32_t n = shard.first; n < shard.last; n++) {
    const float* x = op.x + n * inputSizeOf(op);
    float* y = op.y + n * size;
    for (int32_t i = 0; i < size; i++) y[i] = op.b ? op.b[i % op.outC] : 0.0f;
    eachPlace(op, [&](int32_t out, int32_t in, int32_t w) {
      for (int32_t c = 0; c < op.outC; c++) y[out + c] += x[in + c / multiplier] * op.w[w + c];
    });
    for (int32_t i = 0; i < size && op.activation != kNone; i++) {
      if (y[i] < 0.0f) y[i] = 0.0f;
      if (op.activation == kRelu6 && y[i] > 6.0f) y[i] = 6.0f;
    }
  }
}

void depthwiseManyBackward(const Op& op, const Shard& shard) {
  const int32_t multiplier = op.outC / op.inC;
  float* dw = op.dw ? op.dw + shard.gradOffset : nullptr;
  if (dw) __builtin_memset(dw, 0, static_cast<uint32_t>(op.kH * op.kW * op.outC) * sizeof(float));
  for (int32_t n = shard.first; n < shard.last; n++) {
    const float* x = op.x + n * inputSizeOf(op);
    const float* dy = op.dy + n * outputSizeOf(op);
    float* dx = op.dx ? op.dx + n * inputSizeOf(op) : nullptr;
    if (dx && !(op.accumulate & kAccumulateDx))
      __builtin_memset(dx, 0, static_cast<uint32_t>(inputSizeOf(op)) * sizeof(float));
    eachPlace(op, [&](int32_t out, int32_t in, int32_t w) {
      for (int32_t c = 0; dw && c < op.outC; c++) dw[w + c] += x[in + c / multiplier] * dy[out + c];
      for (int32_t c = 0; dx && c < op.outC; c++) dx[in + c / multiplier] += op.w[w + c] * dy[out + c];
    });
  }
}

}  // namespace train
}  // namespace dormouse
