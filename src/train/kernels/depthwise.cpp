// Depthwise convolution, each channel with its own small filter; kernel [kh, kw, channels]. Four channels at
// a time are laid out by themselves with zeros around them, so that a window meets no edge and its image lies
// in the first-level cache. A 3x3 window at stride 1 goes along a row with its nine weights and the
// beginnings of the next two sums in registers. Several filters per channel: depthwise_many.cpp.
#include "gemm.h"
#include "layers.h"
#include "simd.h"

namespace dormouse {
namespace train {
namespace {

enum : int32_t { kLanes = 4 };

v128_t add(v128_t a, v128_t b) { return wasm_f32x4_add(a, b); }
v128_t multiply(v128_t a, v128_t b) { return wasm_f32x4_mul(a, b); }
v128_t load(const float* from) { return wasm_v128_load(from); }

// Four channels of an image [height][width][channels], placed in a larger frame of zeros, `stepH` and `stepW`
// apart.
struct Frame {
  int32_t height, width;
  int32_t top, left, stepH, stepW;
  int32_t row() const { return width * kLanes; }
  int32_t size() const { return height * width * kLanes; }

  void clear(float* out) const { __builtin_memset(out, 0, static_cast<uint32_t>(size()) * sizeof(float)); }

  void lay(const float* image, int32_t rows, int32_t columns, int32_t channels, float* out) const {
    for (int32_t y = 0; y < rows && top + y * stepH < height; y++) {
      const float* from = image + y * columns * channels;
      float* to = out + ((top + y * stepH) * width + left) * kLanes;
      const int32_t most = (width - left + stepW - 1) / stepW;
      const int32_t count = columns < most ? columns : most;
      for (int32_t x = 0; x < count; x++) {
        wasm_v128_store(to, load(from));
        from += channels;
        to += stepW * kLanes;
      }
    }
  }
};

// What the windows reach of x.
Frame inputFrame(const Op& op) {
  return {(op.outH - 1) * op.sH + op.kH, (op.outW - 1) * op.sW + op.kW, op.padTop, op.padLeft, 1, 1};
}

// dy, its rows and columns as far apart as its windows are on x, with a window's zeros on every side.
Frame gradientFrame(const Op& op) {
  const int32_t height = (op.outH - 1) * op.sH + 1 + 2 * (op.kH - 1);
  const int32_t width = (op.outW - 1) * op.sW + 1 + 2 * (op.kW - 1);
  const int32_t wantedH = op.padTop + op.inH + op.kH - 1;
  const int32_t wantedW = op.padLeft + op.inW + op.kW - 1;
  return {height > wantedH ? height : wantedH,
          width > wantedW ? width : wantedW,
          op.kH - 1,
          op.kW - 1,
          op.sH,
          op.sW};
}

// One pass of four channels' window over a frame.
struct Slide {
  const float* frame;  // at the first window
  int32_t row;         // values from row to row of the frame
  const float* w;      // [kH * kW][4]
  v128_t bias;
  float* y;
  int32_t outH, outW, channels;
  int32_t left;  // channels from y on
  int32_t activation;
  bool accumulate;

  void put(float* to, v128_t sum) const {
    if (accumulate) sum = add(sum, load(to));
    storeFirst(to, activated(sum, activation), left);
  }
};

// Each column of the input adds to the output that ends with it and to the two that it begins. Plain: four
// channels without more to do than to store them.
template <bool Plain>
__attribute__((noinline)) void slideThree(const Slide& slide) {
  v128_t w[9];
  for (int32_t i = 0; i < 9; i++) w[i] = load(slide.w + i * kLanes);
  const auto column = [&](const float* at, int32_t kx) {
    const v128_t upper = add(multiply(load(at), w[kx]), multiply(load(at + slide.row), w[3 + kx]));
    return add(upper, multiply(load(at + 2 * slide.row), w[6 + kx]));
  };
  for (int32_t oy = 0; oy < slide.outH; oy++) {
    const float* in = slide.frame + oy * slide.row;
    float* y = slide.y + oy * slide.outW * slide.channels;
    v128_t second = add(slide.bias, column(in + kLanes, 0));
    v128_t first = add(add(slide.bias, column(in, 0)), column(in + kLanes, 1));
    in += 2 * kLanes;
#pragma clang loop unroll(disable)
    for (int32_t ox = 0; ox < slide.outW; ox++) {
      const v128_t sum = add(first, column(in, 2));
      if (Plain)
        wasm_v128_store(y, sum);
      else
        slide.put(y, sum);
      first = add(second, column(in, 1));
      second = add(slide.bias, column(in, 0));
      in += kLanes;
      y += slide.channels;
    }
  }
}

void slideThree(const Slide& slide) {
  slide.left >= 4 && !slide.accumulate && slide.activation == kNone ? slideThree<true>(slide)
                                                                    : slideThree<false>(slide);
}

__attribute__((noinline)) void slideAny(const Slide& slide, const Op& op) {
  for (int32_t oy = 0; oy < slide.outH; oy++) {
    for (int32_t ox = 0; ox < slide.outW; ox++) {
      const float* w = slide.w;
      v128_t sum = slide.bias;
      for (int32_t ky = 0; ky < op.kH; ky++) {
        const float* in = slide.frame + (oy * op.sH + ky) * slide.row + ox * op.sW * kLanes;
        for (int32_t kx = 0; kx < op.kW; kx++, w += kLanes, in += kLanes)
          sum = add(sum, multiply(load(in), load(w)));
      }
      slide.put(slide.y + (oy * slide.outW + ox) * slide.channels, sum);
    }
  }
}

// The kernel of four channels, as it stands or turned over.
void pickWeights(const Op& op, int32_t c, bool turned, float* out) {
  const int32_t taps = op.kH * op.kW;
  for (int32_t tap = 0; tap < taps; tap++)
    wasm_v128_store(out + tap * kLanes, load(op.w + (turned ? taps - 1 - tap : tap) * op.outC + c));
}

// Adds four channels' share of dw, [kH * kW][4]: a row of x's frame meets the dy that its columns belong to.
__attribute__((noinline)) void weighThree(const Op& op, const float* x, int32_t row, const float* dy,
                                          int32_t dyRow, float* dw) {
  v128_t sum[9];
  for (int32_t i = 0; i < 9; i++) sum[i] = load(dw + i * kLanes);
  for (int32_t oy = 0; oy < op.outH; oy++) {
    const float* in = x + oy * row;
    const float* slope = dy + oy * dyRow;
    v128_t before = wasm_f32x4_splat(0.0f);
    v128_t earlier = before;
#pragma clang loop unroll(disable)
    for (int32_t ix = 0; ix < op.outW + 2; ix++) {
      const v128_t now = load(slope);
      for (int32_t ky = 0; ky < 3; ky++) {
        const v128_t value = load(in + ky * row);
        sum[3 * ky] = add(sum[3 * ky], multiply(value, now));
        sum[3 * ky + 1] = add(sum[3 * ky + 1], multiply(value, before));
        sum[3 * ky + 2] = add(sum[3 * ky + 2], multiply(value, earlier));
      }
      earlier = before;
      before = now;
      in += kLanes;
      slope += kLanes;
    }
  }
  for (int32_t i = 0; i < 9; i++) wasm_v128_store(dw + i * kLanes, sum[i]);
}

// One tap at a time, any window and stride.
__attribute__((noinline)) void weighAny(const Op& op, const float* x, int32_t row, const float* dy,
                                        int32_t dyRow, float* dw) {
  for (int32_t ky = 0; ky < op.kH; ky++)
    for (int32_t kx = 0; kx < op.kW; kx++, dw += kLanes) {
      v128_t sum = load(dw);
      for (int32_t oy = 0; oy < op.outH; oy++) {
        const float* in = x + (oy * op.sH + ky) * row + kx * kLanes;
        const float* slope = dy + oy * op.sH * dyRow;
        for (int32_t ox = 0; ox < op.outW; ox++, in += op.sW * kLanes, slope += op.sW * kLanes)
          sum = add(sum, multiply(load(in), load(slope)));
      }
      wasm_v128_store(dw, sum);
    }
}

// The scratch of one pass; src/train/plan.ts reserves it.
struct Room {
  float* weights;  // of four channels
  float* sums;     // their gradient
  float* input;    // frames
  float* gradient;
};

Room roomOf(const Op& op, float* scratch) {
  const int32_t taps = op.kH * op.kW * kLanes;
  float* input = scratch + 2 * taps;
  return {scratch, scratch + taps, input, input + inputFrame(op).size()};
}

bool isThree(const Op& op) { return op.kH == 3 && op.kW == 3; }

void backwardOfFour(const Op& op, const Shard& shard, const Room& room, int32_t c) {
  const Frame input = inputFrame(op);
  const Frame gradient = gradientFrame(op);
  const int32_t taps = op.kH * op.kW;
  __builtin_memset(room.sums, 0, static_cast<uint32_t>(taps * kLanes) * sizeof(float));
  pickWeights(op, c, true, room.weights);
  for (int32_t n = shard.first; n < shard.last; n++) {
    gradient.lay(op.dy + n * outputSizeOf(op) + c, op.outH, op.outW, op.outC, room.gradient);
    if (op.dw) {
      input.lay(op.x + n * inputSizeOf(op) + c, op.inH, op.inW, op.inC, room.input);
      const float* dy = room.gradient + (op.kH - 1) * gradient.row() + (op.kW - 1) * kLanes;
      if (isThree(op) && op.sH == 1 && op.sW == 1)
        weighThree(op, room.input, input.row(), dy, gradient.row(), room.sums);
      else
        weighAny(op, room.input, input.row(), dy, gradient.row(), room.sums);
    }
    if (!op.dx) continue;
    Op back = op;
    back.sH = back.sW = 1;
    const Slide slide = {room.gradient + op.padTop * gradient.row() + op.padLeft * kLanes,
                         gradient.row(),
                         room.weights,
                         wasm_f32x4_splat(0.0f),
                         op.dx + n * inputSizeOf(op) + c,
                         op.inH,
                         op.inW,
                         op.inC,
                         op.inC - c,
                         kNone,
                         (op.accumulate & kAccumulateDx) != 0};
    isThree(op) ? slideThree(slide) : slideAny(slide, back);
  }
  for (int32_t tap = 0; op.dw && tap < taps; tap++)
    storeFirst(op.dw + shard.gradOffset + tap * op.outC + c, load(room.sums + tap * kLanes), op.outC - c);
}

}  // namespace

void depthwiseForward(const Op& op, const Shard& shard) {
  if (op.outC != op.inC) return depthwiseManyForward(op, shard);
  const Room room = roomOf(op, shard.scratch);
  const Frame frame = inputFrame(op);
  frame.clear(room.input);
  for (int32_t c = 0; c < op.outC; c += kLanes) {
    pickWeights(op, c, false, room.weights);
    const v128_t bias = op.b ? load(op.b + c) : wasm_f32x4_splat(0.0f);
    for (int32_t n = shard.first; n < shard.last; n++) {
      frame.lay(op.x + n * inputSizeOf(op) + c, op.inH, op.inW, op.inC, room.input);
      const Slide slide = {
          room.input, frame.row(), room.weights,  bias, op.y + n * outputSizeOf(op) + c, op.outH, op.outW,
          op.outC,    op.outC - c, op.activation, false};
      isThree(op) && op.sH == 1 && op.sW == 1 ? slideThree(slide) : slideAny(slide, op);
    }
  }
}

void depthwiseBackward(const Op& op, const Shard& shard) {
  const int32_t rows = shard.last - shard.first;
  float* dy = op.dy + shard.first * outputSizeOf(op);
  maskByActivation(dy, op.y + shard.first * outputSizeOf(op), rows * outputSizeOf(op), op.activation);
  if (op.db) sumRows(dy, rows * op.outH * op.outW, op.outC, op.db + shard.gradOffset);
  if (op.outC != op.inC) return depthwiseManyBackward(op, shard);
  const Room room = roomOf(op, shard.scratch);
  inputFrame(op).clear(room.input);
  gradientFrame(op).clear(room.gradient);
  for (int32_t c = 0; c < op.outC; c += kLanes) backwardOfFour(op, shard, room, c);
}

}  // namespace train
}  // namespace dormouse
