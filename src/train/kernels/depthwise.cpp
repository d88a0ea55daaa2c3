// Depthwise convolution: each channel has its own `multiplier` small filters; kernel [kh, kw, in,
// multiplier]. Four channels at a time run along a row of outputs, with the nine weights of a 3x3 window in
// registers; other windows read their weights each time, and a multiplier above 1 goes value by value.
#include "gemm.h"
#include "layers.h"
#include "simd.h"

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

// An image [height][width][channels] through a window, as seen by one pass: forward, or back to dx.
struct View {
  int32_t channels;
  int32_t inH, inW, outH, outW;
  int32_t kH, kW, sH, sW, padTop, padLeft;
};

View forwardView(const Op& op) {
  return {op.inC, op.inH, op.inW, op.outH, op.outW, op.kH, op.kW, op.sH, op.sW, op.padTop, op.padLeft};
}

// At stride 1 dx is dy through the window turned over.
View backwardView(const Op& op) {
  return {op.inC,
          op.outH,
          op.outW,
          op.inH,
          op.inW,
          op.kH,
          op.kW,
          1,
          1,
          op.kH - 1 - op.padTop,
          op.kW - 1 - op.padLeft};
}

// Outputs of a row whose window lies between the edges: [first, end).
struct Middle {
  int32_t first, end;
};

Middle middleOf(const View& view) {
  int32_t first = (view.padLeft + view.sW - 1) / view.sW;
  const int32_t last = view.inW - view.kW + view.padLeft;
  int32_t end = last < 0 ? 0 : last / view.sW + 1;
  if (first > view.outW) first = view.outW;
  if (end > view.outW) end = view.outW;
  return {first, end < first ? first : end};
}

// Rows of outputs that go together, so that what they read stays in the first-level cache from one four of
// channels to the next.
int32_t bandOf(int32_t width, int32_t channels) {
  const int32_t rows = 3000 / (width * channels);
  return rows < 1 ? 1 : rows;
}

struct Slide {
  const float* x;     // one example
  const float* w;     // [kH][kW][channels]
  const float* bias;  // or null
  float* y;
  bool turned;      // the window is turned over
  bool accumulate;  // begin with what is in y
  int32_t activation;
  const float* zeros;  // a row of them, for rows beyond the edge
};

const float* weightsAt(const View& view, const Slide& slide, int32_t ky, int32_t kx) {
  const int32_t tap = ky * view.kW + kx;
  return slide.w + (slide.turned ? view.kH * view.kW - 1 - tap : tap) * view.channels;
}

// One output of four channels at `c`, whatever its window reaches.
v128_t edgeSum(const View& view, const Slide& slide, int32_t oy, int32_t ox, int32_t c, v128_t sum) {
  const Reach rows = reachOf(oy, view.sH, view.padTop, view.kH, view.inH);
  const Reach columns = reachOf(ox, view.sW, view.padLeft, view.kW, view.inW);
  for (int32_t ky = rows.from; ky < rows.to; ky++) {
    const float* x = slide.x + ((rows.start + ky) * view.inW + columns.start) * view.channels + c;
    for (int32_t kx = columns.from; kx < columns.to; kx++)
      sum = wasm_f32x4_add(sum, wasm_f32x4_mul(wasm_v128_load(x + kx * view.channels),
                                               wasm_v128_load(weightsAt(view, slide, ky, kx) + c)));
  }
  return sum;
}

v128_t startOf(const Slide& slide, const float* y, int32_t c) {
  if (slide.accumulate) return wasm_v128_load(y);
  return slide.bias ? wasm_v128_load(slide.bias + c) : wasm_f32x4_splat(0.0f);
}

void edges(const View& view, const Slide& slide, int32_t oy, int32_t c, int32_t from, int32_t to) {
  for (int32_t ox = from; ox < to; ox++) {
    float* y = slide.y + (oy * view.outW + ox) * view.channels + c;
    const v128_t sum = edgeSum(view, slide, oy, ox, c, startOf(slide, y, c));
    storeFirst(y, activated(sum, slide.activation), view.channels - c);
  }
}

// The middle of a row of a 3x3 window: `rows` point at the first output's window, `y` at the first output.
__attribute__((noinline)) void slideThree(const View& view, const Slide& slide, const float* const* rows,
                                          int32_t c, float* y, int32_t count) {
  v128_t w[9];
  for (int32_t i = 0; i < 9; i++) w[i] = wasm_v128_load(weightsAt(view, slide, i / 3, i % 3) + c);
  const v128_t bias = slide.bias ? wasm_v128_load(slide.bias + c) : wasm_f32x4_splat(0.0f);
  const float* top = rows[0];
  const float* middle = rows[1];
  const float* bottom = rows[2];
  const int32_t next = view.channels;
  const int32_t step = view.sW * next;
  const int32_t left = view.channels - c;
  for (int32_t i = 0; i < count; i++) {
    v128_t sum = slide.accumulate ? wasm_v128_load(y) : bias;
    for (int32_t kx = 0; kx < 3; kx++)
      sum = wasm_f32x4_add(sum, wasm_f32x4_mul(wasm_v128_load(top + kx * next), w[kx]));
    for (int32_t kx = 0; kx < 3; kx++)
      sum = wasm_f32x4_add(sum, wasm_f32x4_mul(wasm_v128_load(middle + kx * next), w[3 + kx]));
    for (int32_t kx = 0; kx < 3; kx++)
      sum = wasm_f32x4_add(sum, wasm_f32x4_mul(wasm_v128_load(bottom + kx * next), w[6 + kx]));
    storeFirst(y, activated(sum, slide.activation), left);
    top += step;
    middle += step;
    bottom += step;
    y += next;
  }
}

void slideRow(const View& view, const Slide& slide, const Middle& middle, int32_t oy, int32_t c) {
  if (view.kH != 3 || view.kW != 3 || middle.first == middle.end) {
    edges(view, slide, oy, c, 0, view.outW);
    return;
  }
  edges(view, slide, oy, c, 0, middle.first);
  const int32_t column = (middle.first * view.sW - view.padLeft) * view.channels + c;
  const float* rows[3];
  for (int32_t ky = 0; ky < 3; ky++) {
    const int32_t iy = oy * view.sH - view.padTop + ky;
    rows[ky] = (iy < 0 || iy >= view.inH ? slide.zeros : slide.x + iy * view.inW * view.channels) + column;
  }
  float* y = slide.y + (oy * view.outW + middle.first) * view.channels + c;
  slideThree(view, slide, rows, c, y, middle.end - middle.first);
  edges(view, slide, oy, c, middle.end, view.outW);
}

void slideImage(const View& view, const Slide& slide) {
  const Middle middle = middleOf(view);
  const int32_t band = bandOf(view.outW, view.channels);
  for (int32_t from = 0; from < view.outH; from += band) {
    const int32_t to = from + band < view.outH ? from + band : view.outH;
    for (int32_t c = 0; c < view.channels; c += 4)
      for (int32_t oy = from; oy < to; oy++) slideRow(view, slide, middle, oy, c);
  }
}

// What the window's place at dy adds: dx += w dy, or dw += x dy.
void spreadEdge(const Op& op, int32_t oy, int32_t ox, int32_t c, v128_t dy, float* dx) {
  const Reach rows = reachOf(oy, op.sH, op.padTop, op.kH, op.inH);
  const Reach columns = reachOf(ox, op.sW, op.padLeft, op.kW, op.inW);
  for (int32_t ky = rows.from; ky < rows.to; ky++)
    for (int32_t kx = columns.from; kx < columns.to; kx++) {
      float* to = dx + ((rows.start + ky) * op.inW + columns.start + kx) * op.inC + c;
      const v128_t w = wasm_v128_load(op.w + (ky * op.kW + kx) * op.outC + c);
      storeFirst(to, wasm_f32x4_add(wasm_v128_load(to), wasm_f32x4_mul(w, dy)), op.inC - c);
    }
}

// dx of one example at larger strides, into zeros or what is there.
void spreadImage(const Op& op, const float* dy, float* dx) {
  for (int32_t oy = 0; oy < op.outH; oy++)
    for (int32_t c = 0; c < op.outC; c += 4)
      for (int32_t ox = 0; ox < op.outW; ox++)
        spreadEdge(op, oy, ox, c, wasm_v128_load(dy + (oy * op.outW + ox) * op.outC + c), dx);
}

// dw at one output.
void weighEdge(const Op& op, int32_t oy, int32_t ox, int32_t c, const float* x, v128_t dy, float* dw) {
  const Reach rows = reachOf(oy, op.sH, op.padTop, op.kH, op.inH);
  const Reach columns = reachOf(ox, op.sW, op.padLeft, op.kW, op.inW);
  for (int32_t ky = rows.from; ky < rows.to; ky++)
    for (int32_t kx = columns.from; kx < columns.to; kx++) {
      const float* from = x + ((rows.start + ky) * op.inW + columns.start + kx) * op.inC + c;
      float* to = dw + (ky * op.kW + kx) * op.outC + c;
      storeFirst(to, wasm_f32x4_add(wasm_v128_load(to), wasm_f32x4_mul(wasm_v128_load(from), dy)),
                 op.outC - c);
    }
}

__attribute__((noinline)) void weighThree(int32_t channels, int32_t step, const float* const* rows,
                                          const float* dy, int32_t count, int32_t left, float* dw) {
  v128_t sum[9];
  for (int32_t i = 0; i < 9; i++) sum[i] = wasm_v128_load(dw + i * channels);
  const float* top = rows[0];
  const float* middle = rows[1];
  const float* bottom = rows[2];
#pragma clang loop unroll(disable)
  for (int32_t i = 0; i < count; i++) {
    const v128_t value = wasm_v128_load(dy);
    for (int32_t kx = 0; kx < 3; kx++) {
      sum[kx] = wasm_f32x4_add(sum[kx], wasm_f32x4_mul(wasm_v128_load(top + kx * channels), value));
      sum[3 + kx] =
          wasm_f32x4_add(sum[3 + kx], wasm_f32x4_mul(wasm_v128_load(middle + kx * channels), value));
      sum[6 + kx] =
          wasm_f32x4_add(sum[6 + kx], wasm_f32x4_mul(wasm_v128_load(bottom + kx * channels), value));
    }
    top += step;
    middle += step;
    bottom += step;
    dy += channels;
  }
  for (int32_t i = 0; i < 9; i++) storeFirst(dw + i * channels, sum[i], left);
}

void weighRow(const Op& op, const Middle& middle, const float* x, const float* dy, const float* zeros,
              int32_t oy, int32_t c, float* dw) {
  const float* line = dy + oy * op.outW * op.outC + c;
  const bool three = op.kH == 3 && op.kW == 3 && middle.first < middle.end;
  const int32_t first = three ? middle.first : op.outW;
  for (int32_t ox = 0; ox < first; ox++) weighEdge(op, oy, ox, c, x, wasm_v128_load(line + ox * op.outC), dw);
  if (!three) return;
  const int32_t column = (first * op.sW - op.padLeft) * op.inC + c;
  const float* rows[3];
  for (int32_t ky = 0; ky < 3; ky++) {
    const int32_t iy = oy * op.sH - op.padTop + ky;
    rows[ky] = (iy < 0 || iy >= op.inH ? zeros : x + iy * op.inW * op.inC) + column;
  }
  weighThree(op.inC, op.sW * op.inC, rows, line + first * op.outC, middle.end - first, op.outC - c, dw + c);
  for (int32_t ox = middle.end; ox < op.outW; ox++)
    weighEdge(op, oy, ox, c, x, wasm_v128_load(line + ox * op.outC), dw);
}

void weighImage(const Op& op, const float* x, const float* dy, const float* zeros, float* dw) {
  const Middle middle = middleOf(forwardView(op));
  const int32_t band = bandOf(op.outW, op.outC);
  for (int32_t from = 0; from < op.outH; from += band) {
    const int32_t to = from + band < op.outH ? from + band : op.outH;
    for (int32_t c = 0; c < op.outC; c += 4)
      for (int32_t oy = from; oy < to; oy++) weighRow(op, middle, x, dy, zeros, oy, c, dw);
  }
}

const float* zerosFor(const Op& op, float* scratch) {
  const int32_t row = op.inW * op.inC > op.outW * op.outC ? op.inW * op.inC : op.outW * op.outC;
  __builtin_memset(scratch, 0, static_cast<uint32_t>(row + 8) * sizeof(float));
  return scratch;
}

// Any multiplier, value by value.
void manyForward(const Op& op, const float* x, float* y) {
  const int32_t multiplier = op.outC / op.inC;
  for (int32_t oy = 0; oy < op.outH; oy++) {
    const Reach rows = reachOf(oy, op.sH, op.padTop, op.kH, op.inH);
    for (int32_t ox = 0; ox < op.outW; ox++, y += op.outC) {
      const Reach columns = reachOf(ox, op.sW, op.padLeft, op.kW, op.inW);
      for (int32_t c = 0; c < op.outC; c++) {
        float sum = op.b ? op.b[c] : 0.0f;
        for (int32_t ky = rows.from; ky < rows.to; ky++)
          for (int32_t kx = columns.from; kx < columns.to; kx++)
            sum += x[((rows.start + ky) * op.inW + columns.start + kx) * op.inC + c / multiplier] *
                   op.w[(ky * op.kW + kx) * op.outC + c];
        if (op.activation != kNone && sum < 0.0f) sum = 0.0f;
        if (op.activation == kRelu6 && sum > 6.0f) sum = 6.0f;
        y[c] = sum;
      }
    }
  }
}

// Adds to dw and to dx, each of which may be null.
void manyBackward(const Op& op, const float* x, const float* dy, float* dx, float* dw) {
  const int32_t multiplier = op.outC / op.inC;
  for (int32_t oy = 0; oy < op.outH; oy++) {
    const Reach rows = reachOf(oy, op.sH, op.padTop, op.kH, op.inH);
    for (int32_t ox = 0; ox < op.outW; ox++, dy += op.outC) {
      const Reach columns = reachOf(ox, op.sW, op.padLeft, op.kW, op.inW);
      for (int32_t ky = rows.from; ky < rows.to; ky++)
        for (int32_t kx = columns.from; kx < columns.to; kx++) {
          const int32_t at = ((rows.start + ky) * op.inW + columns.start + kx) * op.inC;
          const int32_t tap = (ky * op.kW + kx) * op.outC;
          for (int32_t c = 0; dw && c < op.outC; c++) dw[tap + c] += x[at + c / multiplier] * dy[c];
          for (int32_t c = 0; dx && c < op.outC; c++) dx[at + c / multiplier] += op.w[tap + c] * dy[c];
        }
    }
  }
}

void inputGradient(const Op& op, const float* dy, const float* zeros, float* dx) {
  const bool accumulate = (op.accumulate & kAccumulateDx) != 0;
  if (op.outC == op.inC && op.sH == 1 && op.sW == 1) {
    slideImage(backwardView(op), {dy, op.w, nullptr, dx, true, accumulate, kNone, zeros});
    return;
  }
  if (!accumulate) __builtin_memset(dx, 0, static_cast<uint32_t>(inputSizeOf(op)) * sizeof(float));
  if (op.outC == op.inC)
    spreadImage(op, dy, dx);
  else
    manyBackward(op, nullptr, dy, dx, nullptr);
}

}  // namespace

void depthwiseForward(const Op& op, const Shard& shard) {
  const float* zeros = zerosFor(op, shard.scratch);
  for (int32_t n = shard.first; n < shard.last; n++) {
    const float* x = op.x + n * inputSizeOf(op);
    float* y = op.y + n * outputSizeOf(op);
    if (op.outC == op.inC)
      slideImage(forwardView(op), {x, op.w, op.b, y, false, false, op.activation, zeros});
    else
      manyForward(op, x, y);
  }
}

void depthwiseBackward(const Op& op, const Shard& shard) {
  const int32_t rows = shard.last - shard.first;
  const float* zeros = zerosFor(op, shard.scratch);
  float* first = op.dy + shard.first * outputSizeOf(op);
  maskByActivation(first, op.y + shard.first * outputSizeOf(op), rows * outputSizeOf(op), op.activation);
  float* dw = op.dw ? op.dw + shard.gradOffset : nullptr;
  if (op.db) sumRows(first, rows * op.outH * op.outW, op.outC, op.db + shard.gradOffset);
  if (dw) __builtin_memset(dw, 0, static_cast<uint32_t>(op.kH * op.kW * op.outC) * sizeof(float));
  for (int32_t n = shard.first; n < shard.last; n++) {
    const float* x = op.x + n * inputSizeOf(op);
    const float* dy = op.dy + n * outputSizeOf(op);
    if (dw && op.outC == op.inC) weighImage(op, x, dy, zeros, dw);
    if (dw && op.outC != op.inC) manyBackward(op, x, dy, nullptr, dw);
    if (op.dx) inputGradient(op, dy, zeros, op.dx + n * inputSizeOf(op));
  }
}

}  // namespace train
}  // namespace dormouse
