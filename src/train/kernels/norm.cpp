// Batch normalisation over all rows and positions, per channel. In training by the batch's own mean and
// (biased) variance; in evaluation by the moving ones. Every shard describes its own rows, and the whole
// batch is joined from them in their order. stats: [shards][2][channels], then mean[channels], inverse
// deviation[channels]; backward uses the first two rows for the joined sums.
#include "layers.h"
#include "simd.h"

namespace dormouse {
namespace train {
namespace {

float* sumsOf(const Op& op, int32_t shard, int32_t which) { return op.stats + (shard * 2 + which) * op.inC; }
float* meanOf(const Op& op, int32_t shards) { return op.stats + shards * 2 * op.inC; }
int32_t positionsOf(const Op& op) { return op.inH * op.inW; }

v128_t splat(float value) { return wasm_f32x4_splat(value); }
v128_t add(v128_t a, v128_t b) { return wasm_f32x4_add(a, b); }
v128_t subtract(v128_t a, v128_t b) { return wasm_f32x4_sub(a, b); }
v128_t multiply(v128_t a, v128_t b) { return wasm_f32x4_mul(a, b); }

// Stores all four values, or where the channels end before, those that there are.
template <bool Whole>
void put(float* to, v128_t value, int32_t left) {
  if (Whole)
    wasm_v128_store(to, value);
  else
    storeFirst(to, value, left);
}

// Positions that stay in the first-level cache while the channels are gone through, a few at a time.
int32_t chunkOf(int32_t channels) { return channels > 256 ? 16 : 4096 / channels; }

// Calls body for each piece of `count` positions, and each block of 16, 8 or 4 channels of it:
// body(block, channel, first position, positions).
template <typename Body>
void eachBlock(int32_t channels, int32_t first, int32_t last, const Body& body) {
  const int32_t chunk = chunkOf(channels);
  for (int32_t at = first; at < last; at += chunk) {
    const int32_t count = last - at < chunk ? last - at : chunk;
    int32_t c = 0;
    for (; c + 16 <= channels; c += 16) body(4, c, at, count);
    if (c + 8 <= channels) {
      body(2, c, at, count);
      c += 8;
    }
    for (; c < channels; c += 4) body(1, c, at, count);
  }
}

// Mean and summed squared distances of some positions join what is there of `before` others (Chan et al.,
// 1979).
template <int Vectors>
__attribute__((noinline)) void describe(const float* x, int32_t channels, int32_t count, int32_t before,
                                        int32_t left, float* mean, float* squares) {
  v128_t sum[Vectors];
  for (int v = 0; v < Vectors; v++) sum[v] = splat(0.0f);
  const float* in = x;
#pragma clang loop unroll(disable)
  for (int32_t i = 0; i < count; i++, in += channels)
    for (int v = 0; v < Vectors; v++) sum[v] = add(sum[v], wasm_v128_load(in + 4 * v));
  v128_t middle[Vectors];
  for (int v = 0; v < Vectors; v++) {
    middle[v] = multiply(sum[v], splat(1.0f / static_cast<float>(count)));
    sum[v] = splat(0.0f);
  }
  in = x;
#pragma clang loop unroll(disable)
  for (int32_t i = 0; i < count; i++, in += channels)
    for (int v = 0; v < Vectors; v++) {
      const v128_t apart = subtract(wasm_v128_load(in + 4 * v), middle[v]);
      sum[v] = add(sum[v], multiply(apart, apart));
    }
  const float all = static_cast<float>(before + count);
  const v128_t share = splat(static_cast<float>(count) / all);
  const v128_t both = splat(static_cast<float>(before) * static_cast<float>(count) / all);
  for (int v = 0; v < Vectors; v++) {
    const v128_t apart = subtract(middle[v], before ? wasm_v128_load(mean + 4 * v) : middle[v]);
    const v128_t old = before ? wasm_v128_load(squares + 4 * v) : splat(0.0f);
    const v128_t joined = before ? add(wasm_v128_load(mean + 4 * v), multiply(apart, share)) : middle[v];
    storeFirst(mean + 4 * v, joined, left - 4 * v);
    storeFirst(squares + 4 * v, add(old, add(sum[v], multiply(multiply(apart, apart), both))), left - 4 * v);
  }
}

// What turns x into y, for four channels.
struct Line {
  v128_t mean, scale, beta;
  v128_t of(v128_t x) const { return add(multiply(subtract(x, mean), scale), beta); }
};

Line lineOf(const Op& op, int32_t shards, bool evaluating, int32_t c) {
  const v128_t gamma = wasm_v128_load(op.w + c);
  const v128_t beta = wasm_v128_load(op.b + c);
  if (!evaluating) {
    const float* mean = meanOf(op, shards) + c;
    return {wasm_v128_load(mean), multiply(gamma, wasm_v128_load(mean + op.inC)), beta};
  }
  const v128_t spread = wasm_f32x4_sqrt(add(wasm_v128_load(op.movingVariance + c), splat(op.epsilon)));
  return {wasm_v128_load(op.movingMean + c), multiply(gamma, wasm_f32x4_div(splat(1.0f), spread)), beta};
}

template <int Vectors, bool Whole>
__attribute__((noinline)) void normalise(const Op& op, const Line* lines, const float* x, int32_t count,
                                         int32_t left, float* y) {
  Line line[Vectors];
  for (int v = 0; v < Vectors; v++) line[v] = lines[v];
  const v128_t low = splat(op.activation == kNone ? -__builtin_inff() : 0.0f);
  const v128_t high = splat(op.activation == kRelu6 ? 6.0f : __builtin_inff());
#pragma clang loop unroll(disable)
  for (int32_t i = 0; i < count; i++, x += op.inC, y += op.inC)
    for (int v = 0; v < Vectors; v++) {
      const v128_t value = line[v].of(wasm_v128_load(x + 4 * v));
      put<Whole>(y + 4 * v, wasm_f32x4_min(wasm_f32x4_max(value, low), high), left - 4 * v);
    }
}

// Where the activation lets a gradient through.
v128_t masked(v128_t dy, v128_t value, int32_t activation) {
  if (activation == kNone) return dy;
  dy = wasm_v128_and(dy, wasm_f32x4_gt(value, splat(0.0f)));
  return activation == kRelu6 ? wasm_v128_and(dy, wasm_f32x4_lt(value, splat(6.0f))) : dy;
}

// Adds the sums of dy and of dy (x - mean) over some positions.
template <int Vectors, int Active>
__attribute__((noinline)) void sumGradients(const Op& op, const Line* lines, const float* x, const float* dy,
                                            int32_t count, int32_t left, float* sum, float* product) {
  Line line[Vectors];
  v128_t plain[Vectors];
  v128_t weighted[Vectors];
  for (int v = 0; v < Vectors; v++) {
    line[v] = lines[v];
    plain[v] = wasm_v128_load(sum + 4 * v);
    weighted[v] = wasm_v128_load(product + 4 * v);
  }
#pragma clang loop unroll(disable)
  for (int32_t i = 0; i < count; i++, x += op.inC, dy += op.inC)
    for (int v = 0; v < Vectors; v++) {
      const v128_t in = wasm_v128_load(x + 4 * v);
      const v128_t slope = masked(wasm_v128_load(dy + 4 * v), line[v].of(in), Active);
      plain[v] = add(plain[v], slope);
      weighted[v] = add(weighted[v], multiply(slope, subtract(in, line[v].mean)));
    }
  for (int v = 0; v < Vectors; v++) {
    storeFirst(sum + 4 * v, plain[v], left - 4 * v);
    storeFirst(product + 4 * v, weighted[v], left - 4 * v);
  }
}

// dx = scale (dy - level - tilt (x - mean)), in this order: what is left of dy may be little. Plain: nothing
// is there to add to, and all four channels are.
struct Slope {
  Line line;
  v128_t level, tilt;
};

template <int Active, bool Plain>
__attribute__((noinline)) void applyGradients(const Op& op, const Slope& slope, const float* x,
                                              const float* dy, int32_t count, int32_t left, bool accumulate,
                                              float* dx) {
  const Slope own = slope;
#pragma clang loop unroll(disable)
  for (int32_t i = 0; i < count; i++, x += op.inC, dy += op.inC, dx += op.inC) {
    const v128_t in = wasm_v128_load(x);
    const v128_t through = masked(wasm_v128_load(dy), own.line.of(in), Active);
    const v128_t rest =
        subtract(subtract(through, own.level), multiply(subtract(in, own.line.mean), own.tilt));
    const v128_t value = multiply(rest, own.line.scale);
    put<Plain>(dx, !Plain && accumulate ? add(wasm_v128_load(dx), value) : value, left);
  }
}

template <int Active>
void sumBlocks(const Op& op, const Shard& shard, int32_t shards) {
  float* sum = sumsOf(op, shard.index, 0);
  float* product = sumsOf(op, shard.index, 1);
  eachBlock(op.inC, shard.first * positionsOf(op), shard.last * positionsOf(op),
            [&](int32_t vectors, int32_t c, int32_t at, int32_t count) {
              for (int32_t v = 0; v < vectors; v += 2) {
                const int32_t from = c + 4 * v;
                const Line lines[2] = {lineOf(op, shards, false, from),
                                       vectors > 1 ? lineOf(op, shards, false, from + 4) : Line()};
                const float* x = op.x + at * op.inC + from;
                const float* dy = op.dy + at * op.inC + from;
                if (vectors > 1)
                  sumGradients<2, Active>(op, lines, x, dy, count, op.inC - from, sum + from, product + from);
                else
                  sumGradients<1, Active>(op, lines, x, dy, count, op.inC - from, sum + from, product + from);
              }
            });
}

template <int Active>
void applyBlocks(const Op& op, const Shard& shard, int32_t rows, int32_t shards) {
  const v128_t share = splat(1.0f / static_cast<float>(rows * positionsOf(op)));
  const bool accumulate = (op.accumulate & kAccumulateDx) != 0;
  eachBlock(op.inC, shard.first * positionsOf(op), shard.last * positionsOf(op),
            [&](int32_t vectors, int32_t block, int32_t at, int32_t count) {
              for (int32_t c = block; c < block + 4 * vectors; c += 4) {
                const Line line = lineOf(op, shards, false, c);
                const v128_t inverse = wasm_v128_load(meanOf(op, shards) + op.inC + c);
                const v128_t product = wasm_v128_load(sumsOf(op, 0, 1) + c);
                const Slope slope = {line, multiply(share, wasm_v128_load(sumsOf(op, 0, 0) + c)),
                                     multiply(share, multiply(product, multiply(inverse, inverse)))};
                const int32_t from = at * op.inC + c;
                const bool plain = !accumulate && op.inC - c >= 4;
                const auto apply = plain ? applyGradients<Active, true> : applyGradients<Active, false>;
                apply(op, slope, op.x + from, op.dy + from, count, op.inC - c, accumulate, op.dx + from);
              }
            });
}

}  // namespace

void normForwardSums(const Op& op, const Shard& shard) {
  float* mean = sumsOf(op, shard.index, 0);
  float* squares = sumsOf(op, shard.index, 1);
  const int32_t first = shard.first * positionsOf(op);
  eachBlock(op.inC, first, shard.last * positionsOf(op),
            [&](int32_t vectors, int32_t c, int32_t at, int32_t count) {
              const float* x = op.x + at * op.inC + c;
              const int32_t left = op.inC - c;
              if (vectors == 4)
                describe<4>(x, op.inC, count, at - first, left, mean + c, squares + c);
              else if (vectors == 2)
                describe<2>(x, op.inC, count, at - first, left, mean + c, squares + c);
              else
                describe<1>(x, op.inC, count, at - first, left, mean + c, squares + c);
            });
}

void normForwardJoin(const Op& op, const Job& job) {
  float* mean = meanOf(op, job.shards);
  float* inverse = mean + op.inC;
  for (int32_t c = 0; c < op.inC; c++) {
    float middle = 0.0f;
    float squares = 0.0f;
    for (int32_t s = 0; s < job.shards && s * job.shardRows < job.rows; s++) {
      const int32_t before = s * job.shardRows;
      const int32_t own = job.rows - before < job.shardRows ? job.rows - before : job.shardRows;
      const float share = static_cast<float>(own) / static_cast<float>(before + own);
      const float apart = sumsOf(op, s, 0)[c] - middle;
      const float weight = static_cast<float>(before * positionsOf(op)) * share;
      middle += apart * share;
      squares += sumsOf(op, s, 1)[c] + apart * apart * weight;
    }
    const float variance = squares / static_cast<float>(job.rows * positionsOf(op));
    mean[c] = middle;
    inverse[c] = 1.0f / __builtin_sqrtf(variance + op.epsilon);
    if (job.mode != kTrain) continue;
    op.movingMean[c] = op.movingMean[c] * op.rate + middle * (1.0f - op.rate);
    op.movingVariance[c] = op.movingVariance[c] * op.rate + variance * (1.0f - op.rate);
  }
}

void normForwardApply(const Op& op, const Shard& shard, int32_t shards, bool evaluating) {
  eachBlock(op.inC, shard.first * positionsOf(op), shard.last * positionsOf(op),
            [&](int32_t vectors, int32_t c, int32_t at, int32_t count) {
              for (int32_t v = 0; v < vectors; v += 2) {
                const int32_t channel = c + 4 * v;
                const Line lines[2] = {lineOf(op, shards, evaluating, channel),
                                       vectors > 1 ? lineOf(op, shards, evaluating, channel + 4) : Line()};
                const int32_t from = at * op.inC + channel;
                const int32_t left = op.inC - channel;
                if (vectors > 1)
                  normalise<2, true>(op, lines, op.x + from, count, left, op.y + from);
                else if (left >= 4)
                  normalise<1, true>(op, lines, op.x + from, count, left, op.y + from);
                else
                  normalise<1, false>(op, lines, op.x + from, count, left, op.y + from);
              }
            });
}

void normBackwardSums(const Op& op, const Shard& shard, int32_t shards) {
  __builtin_memset(sumsOf(op, shard.index, 0), 0, static_cast<uint32_t>(2 * op.inC) * sizeof(float));
  switch (op.activation) {
    case kRelu:
      return sumBlocks<kRelu>(op, shard, shards);
    case kRelu6:
      return sumBlocks<kRelu6>(op, shard, shards);
    default:
      return sumBlocks<kNone>(op, shard, shards);
  }
}

// dgamma and dbeta are written by shard 0 only; the copies of the other shards stay zero.
void normBackwardJoin(const Op& op, int32_t shards) {
  float* sum = sumsOf(op, 0, 0);
  float* product = sumsOf(op, 0, 1);
  const float* inverse = meanOf(op, shards) + op.inC;
  for (int32_t c = 0; c < op.inC; c++) {
    for (int32_t s = 1; s < shards; s++) {
      sum[c] += sumsOf(op, s, 0)[c];
      product[c] += sumsOf(op, s, 1)[c];
    }
    op.dw[c] = product[c] * inverse[c];
    op.db[c] = sum[c];
  }
}

void normBackwardApply(const Op& op, const Shard& shard, int32_t rows, int32_t shards) {
  if (!op.dx) return;
  switch (op.activation) {
    case kRelu:
      return applyBlocks<kRelu>(op, shard, rows, shards);
    case kRelu6:
      return applyBlocks<kRelu6>(op, shard, rows, shards);
    default:
      return applyBlocks<kNone>(op, shard, rows, shards);
  }
}

}  // namespace train
}  // namespace dormouse
