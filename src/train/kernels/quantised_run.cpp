// Forward and backward of layers that compute as the int8 engine does. Sums of products come from the float
// kernels, run on whole numbers: those add without rounding as long as every sum stays below 2^24, whatever
// their order. Wider sums are taken in double precision here.
#include <wasm_simd128.h>

#include "nn/multiplier.h"
#include "quantised.h"

namespace dormouse {
namespace train {
namespace {

// Output values of the shard's rows: first, and how many.
struct Part {
  int32_t from, count;
};

Part partOf(const Op& op, const Shard& shard) {
  const int32_t size = outputSizeOf(op);
  return {shard.first * size, (shard.last - shard.first) * size};
}

inline float cutOff(const Quantised& q, int32_t whole, uint8_t* kept) {
  *kept = whole >= q.low && whole <= q.high ? 1 : 0;
  return static_cast<float>(nn::clamp(whole, q.low, q.high) - q.out->zeroPoint);
}

// From a sum of products to an output, as the board's requantize().
inline float requantised(const Quantised& q, int32_t sum, int32_t channel, uint8_t* kept) {
  const int32_t at = q.perChannel ? channel : 0;
  const int32_t scaled = nn::multiply(nn::wrapAdd(sum, q.bias[channel]), q.multipliers[at], q.shifts[at]);
  return cutOff(q, nn::wrapAdd(scaled, q.out->zeroPoint), kept);
}

// The op as the float kernels see it: other weights, no bias, no activation.
Op plainOf(const Op& op, float* weights) {
  Op plain = op;
  plain.w = weights;
  plain.b = nullptr;
  plain.activation = kNone;
  plain.quantised = nullptr;
  return plain;
}

// Four channels of requantised() at once, in the same arithmetic.
struct FourChannels {
  v128_t bias, multiplier;
  v128_t left;              // 2^shift where the shift is to the left, else 1
  v128_t right01, right23;  // 2^-shift where it is to the right, as doubles
};

inline FourChannels fourChannels(const Quantised& q, int32_t channel) {
  int32_t multiplier[4], left[4];
  double right[4];
  for (int32_t i = 0; i < 4; i++) {
    const int32_t at = q.perChannel ? channel + i : 0;
    const int32_t shift = q.shifts[at];
    multiplier[i] = q.multipliers[at];
    left[i] = shift > 0 ? static_cast<int32_t>(1u << shift) : 1;
    right[i] = shift > 0 ? 1.0 : 1.0 / static_cast<double>(1u << -shift);
  }
  return {wasm_v128_load(q.bias + channel), wasm_v128_load(multiplier), wasm_v128_load(left),
          wasm_v128_load(right), wasm_v128_load(right + 2)};
}

// x / 2^n, halves away from zero: exact in double precision, which holds 31 bits and n more.
inline v128_t halvesAway(v128_t x, v128_t right) {
  const v128_t scaled = wasm_f64x2_mul(wasm_f64x2_convert_low_i32x4(x), right);
  const v128_t half = wasm_v128_or(wasm_v128_and(scaled, wasm_f64x2_splat(-0.0)), wasm_f64x2_splat(0.5));
  return wasm_i32x4_trunc_sat_f64x2_zero(wasm_f64x2_add(scaled, half));
}

inline v128_t multiplyFour(v128_t sum, const FourChannels& f) {
  const v128_t x = wasm_i32x4_mul(sum, f.left);
  const v128_t nudge = wasm_i64x2_splat(1 << 30);
  const v128_t low = wasm_i64x2_shr(wasm_i64x2_add(wasm_i64x2_extmul_low_i32x4(x, f.multiplier), nudge), 31);
  const v128_t high =
      wasm_i64x2_shr(wasm_i64x2_add(wasm_i64x2_extmul_high_i32x4(x, f.multiplier), nudge), 31);
  const v128_t first = halvesAway(wasm_i32x4_shuffle(low, low, 0, 2, 0, 2), f.right01);
  const v128_t second = halvesAway(wasm_i32x4_shuffle(high, high, 0, 2, 0, 2), f.right23);
  return wasm_i32x4_shuffle(first, second, 0, 1, 4, 5);
}

// Sums in float32, whole numbers below 2^24, become outputs in place.
void requantiseAll(const Quantised& q, int32_t channels, int32_t positions, float* y, uint8_t* kept) {
  const v128_t zero = wasm_i32x4_splat(q.out->zeroPoint);
  const v128_t least = wasm_i32x4_splat(q.low);
  const v128_t most = wasm_i32x4_splat(q.high);
  int32_t c = 0;
  for (; c + 4 <= channels; c += 4) {
    const FourChannels four = fourChannels(q, c);
    for (int32_t i = c; i < positions * channels; i += channels) {
      const v128_t sum = wasm_i32x4_add(wasm_i32x4_trunc_sat_f32x4(wasm_v128_load(y + i)), four.bias);
      const v128_t whole = wasm_i32x4_add(multiplyFour(sum, four), zero);
      const v128_t cut = wasm_i32x4_min(wasm_i32x4_max(whole, least), most);
      wasm_v128_store(y + i, wasm_f32x4_convert_i32x4(wasm_i32x4_sub(cut, zero)));
      const uint32_t inside = wasm_i32x4_bitmask(wasm_i32x4_eq(whole, cut));
      for (uint32_t lane = 0; lane < 4; lane++) kept[i + static_cast<int32_t>(lane)] = (inside >> lane) & 1u;
    }
  }
  for (; c < channels; c++)
    for (int32_t i = c; i < positions * channels; i += channels)
      y[i] = requantised(q, static_cast<int32_t>(y[i]), c, kept + i);
}

void sumsInFloat(const Op& op, const Quantised& q, const Shard& shard) {
  const Op plain = plainOf(op, q.weights);
  if (op.kind == kDense) {
    denseForward(plain, shard);
  } else if (op.kind == kConv) {
    convForward(plain, shard);
  } else {
    depthwiseForward(plain, shard);
  }
  const Part part = partOf(op, shard);
  requantiseAll(q, op.outC, part.count / op.outC, op.y + part.from, q.kept + part.from);
}

enum : int32_t { kBlock = 64 };

// Adds the products at one place of the window to the sums of `count` output channels from `first` on.
void addProducts(const Op& op, const float* in, const float* w, int32_t first, int32_t count, double* sums) {
  if (op.kind == kDepthwise) {
    const int32_t multiplier = op.outC / op.inC;
    for (int32_t c = 0; c < count; c++)
      sums[c] += static_cast<double>(in[(first + c) / multiplier] * w[first + c]);
    return;
  }
  for (int32_t i = 0; i < op.inC; i++) {
    const float value = in[i];
    const float* row = w + i * op.outC + first;
    for (int32_t c = 0; c < count; c++) sums[c] += static_cast<double>(value * row[c]);
  }
}

void sumsAt(const Op& op, const Quantised& q, const float* x, int32_t oy, int32_t ox, int32_t first,
            int32_t count, double* sums) {
  for (int32_t c = 0; c < count; c++) sums[c] = 0.0;
  if (op.kind == kDense)
    return addProducts(op, x + (oy * op.inW + ox) * op.inC, q.weights, first, count, sums);
  const int32_t place = op.kind == kDepthwise ? op.outC : op.inC * op.outC;
  for (int32_t ky = 0; ky < op.kH; ky++) {
    const int32_t iy = oy * op.sH - op.padTop + ky;
    if (iy < 0 || iy >= op.inH) continue;
    for (int32_t kx = 0; kx < op.kW; kx++) {
      const int32_t ix = ox * op.sW - op.padLeft + kx;
      if (ix < 0 || ix >= op.inW) continue;
      const float* in = x + (iy * op.inW + ix) * op.inC;
      addProducts(op, in, q.weights + (ky * op.kW + kx) * place, first, count, sums);
    }
  }
}

void sumsInDouble(const Op& op, const Quantised& q, const Shard& shard) {
  const Part part = partOf(op, shard);
  float* y = op.y + part.from;
  uint8_t* kept = q.kept + part.from;
  double sums[kBlock];
  for (int32_t n = shard.first; n < shard.last; n++) {
    const float* x = op.x + n * inputSizeOf(op);
    for (int32_t at = 0; at < op.outH * op.outW; at++, y += op.outC, kept += op.outC) {
      for (int32_t first = 0; first < op.outC; first += kBlock) {
        const int32_t count = op.outC - first < kBlock ? op.outC - first : kBlock;
        sumsAt(op, q, x, at / op.outW, at % op.outW, first, count, sums);
        for (int32_t c = 0; c < count; c++)
          y[first + c] = requantised(q, static_cast<int32_t>(sums[c]), first + c, kept + first + c);
      }
    }
  }
}

void additionForward(const Op& op, const Quantised& q, const Shard& shard) {
  const Part part = partOf(op, shard);
  for (int32_t i = part.from; i < part.from + part.count; i++) {
    const int32_t a =
        nn::multiply(nn::shiftLeft(static_cast<int32_t>(op.x[i]), 20), q.multipliers[0], q.shifts[0]);
    const int32_t b =
        nn::multiply(nn::shiftLeft(static_cast<int32_t>(op.x2[i]), 20), q.multipliers[1], q.shifts[1]);
    const int32_t sum = nn::multiply(nn::wrapAdd(a, b), q.multipliers[2], q.shifts[2]);
    op.y[i] = cutOff(q, nn::wrapAdd(sum, q.out->zeroPoint), q.kept + i);
  }
}

void meanForward(const Op& op, const Quantised& q, const Shard& shard) {
  const int32_t positions = op.inH * op.inW;
  for (int32_t n = shard.first; n < shard.last; n++) {
    for (int32_t c = 0; c < op.inC; c++) {
      const float* x = op.x + n * inputSizeOf(op) + c;
      int32_t sum = 0;
      for (int32_t i = 0; i < positions; i++) sum += static_cast<int32_t>(x[i * op.inC]);
      const int32_t mean = nn::wrapAdd(nn::multiply(sum, q.multipliers[0], q.shifts[0]), q.out->zeroPoint);
      op.y[n * op.outC + c] = cutOff(q, mean, q.kept + n * op.outC + c);
    }
  }
}

// Division with halves away from zero, of the numbers as the board holds them: with the zero point.
int32_t averageOf(int32_t sum, int32_t count, int32_t zeroPoint) {
  const int32_t whole = sum + zeroPoint * count;
  return whole > 0 ? (whole + count / 2) / count : (whole - count / 2) / count;
}

void poolAt(const Op& op, const Quantised& q, const float* x, int32_t oy, int32_t ox, float* y,
            uint8_t* kept) {
  const int32_t top = oy * op.sH - op.padTop;
  const int32_t left = ox * op.sW - op.padLeft;
  const int32_t fromY = top < 0 ? 0 : top;
  const int32_t fromX = left < 0 ? 0 : left;
  const int32_t toY = top + op.kH > op.inH ? op.inH : top + op.kH;
  const int32_t toX = left + op.kW > op.inW ? op.inW : left + op.kW;
  const int32_t count = (toY - fromY) * (toX - fromX);
  for (int32_t c = 0; c < op.inC; c++) {
    float largest = -256.0f;
    int32_t sum = 0;
    for (int32_t iy = fromY; iy < toY; iy++) {
      for (int32_t ix = fromX; ix < toX; ix++) {
        const float value = x[(iy * op.inW + ix) * op.inC + c];
        largest = value > largest ? value : largest;
        sum += static_cast<int32_t>(value);
      }
    }
    const int32_t zero = q.out->zeroPoint;
    const int32_t whole =
        q.rule == kMaximum ? static_cast<int32_t>(largest) + zero : averageOf(sum, count, zero);
    y[c] = cutOff(q, whole, kept + c);
  }
}

void poolingForward(const Op& op, const Quantised& q, const Shard& shard) {
  const Part part = partOf(op, shard);
  float* y = op.y + part.from;
  uint8_t* kept = q.kept + part.from;
  for (int32_t n = shard.first; n < shard.last; n++) {
    const float* x = op.x + n * inputSizeOf(op);
    for (int32_t at = 0; at < op.outH * op.outW; at++, y += op.outC, kept += op.outC)
      poolAt(op, q, x, at / op.outW, at % op.outW, y, kept);
  }
}

void inputForward(const Op& op, const Quantised& q, const Shard& shard) {
  const Part part = partOf(op, shard);
  const Quantisation& to = *q.out;
  for (int32_t i = part.from; i < part.from + part.count; i++) {
    const int32_t whole = nn::clamp(nn::quantiseValue(op.x[i], to.scale, to.zeroPoint), -128, 127);
    op.y[i] = static_cast<float>(whole - to.zeroPoint);
  }
}

void clampForward(const Op& op, const Quantised& q, const Shard& shard) {
  const Part part = partOf(op, shard);
  for (int32_t i = part.from; i < part.from + part.count; i++)
    op.y[i] = cutOff(q, static_cast<int32_t>(op.x[i]) + q.out->zeroPoint, q.kept + i);
}

void outputForward(const Op& op, const Quantised& q, const Shard& shard) {
  const Part part = partOf(op, shard);
  for (int32_t i = part.from; i < part.from + part.count; i++) op.y[i] = op.x[i] * q.in->scale;
}

// No gradient where a value was cut off; the rest times `factor`.
void maskGradient(const Op& op, const Quantised& q, const Shard& shard, float factor) {
  const Part part = partOf(op, shard);
  for (int32_t i = part.from; i < part.from + part.count; i++)
    op.dy[i] = q.kept[i] ? op.dy[i] * factor : 0.0f;
}

// The float kernels see x as whole numbers and the weights divided by the input's scale: with dy times that
// scale, dw = x^T dy and dx = dy w^T are those of real numbers. Only db has to be set right afterwards.
void weightedBackward(const Op& op, const Quantised& q, const Shard& shard) {
  const float scale = q.in->scale;
  maskGradient(op, q, shard, scale);
  const Op plain = plainOf(op, q.realWeights);
  if (op.kind == kDense) {
    denseBackward(plain, shard);
  } else if (op.kind == kConv) {
    convBackward(plain, shard);
  } else {
    depthwiseBackward(plain, shard);
  }
  if (!op.db) return;
  float* db = op.db + shard.gradOffset;
  for (int32_t c = 0; c < op.outC; c++) db[c] /= scale;
}

}  // namespace

void quantisedForward(const Op& op, const Shard& shard) {
  const Quantised& q = *op.quantised;
  switch (q.rule) {
    case kQuantiseInput:
      return inputForward(op, q, shard);
    case kDequantiseOutput:
      return outputForward(op, q, shard);
    case kWeighted:
      return q.exactInFloat ? sumsInFloat(op, q, shard) : sumsInDouble(op, q, shard);
    case kAddition:
      return additionForward(op, q, shard);
    case kMean:
      return meanForward(op, q, shard);
    case kAverage:
    case kMaximum:
      return poolingForward(op, q, shard);
    case kClamp:
      return clampForward(op, q, shard);
    default:
      return padForward(op, shard);
  }
}

void quantisedBackward(const Op& op, const Shard& shard) {
  const Quantised& q = *op.quantised;
  switch (q.rule) {
    case kQuantiseInput:
    // The loss wrote the gradient of the real numbers where the layer before looks for it.
    case kDequantiseOutput:
      return;
    case kWeighted:
      return weightedBackward(op, q, shard);
    case kAddition:
      maskGradient(op, q, shard, 1.0f);
      return addBackward(plainOf(op, nullptr), shard);
    case kMean:
    case kAverage:
    case kMaximum:
      maskGradient(op, q, shard, 1.0f);
      return poolBackward(plainOf(op, nullptr), shard);
    case kClamp:
      maskGradient(op, q, shard, 1.0f);
      return activationBackward(plainOf(op, nullptr), shard);
    default:
      return padBackward(op, shard);
  }
}

}  // namespace train
}  // namespace dormouse
