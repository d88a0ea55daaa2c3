// Batch normalisation over all rows and positions, per channel. In training by the batch's own mean and
// (biased) variance; in evaluation by the moving ones. Sums are taken per shard and joined in the order of
// the shards. stats: [shards][2][channels] sums, then mean[channels], inverse deviation[channels].
#include "layers.h"

namespace dormouse {
namespace train {
namespace {

float* sumsOf(const Op& op, int32_t shard, int32_t which) { return op.stats + (shard * 2 + which) * op.inC; }
float* meanOf(const Op& op, int32_t shards) { return op.stats + shards * 2 * op.inC; }
int32_t positionsOf(const Op& op) { return op.inH * op.inW; }

}  // namespace

// Pass 0 sums the values, pass 1 the squared distances from the mean (two passes: no cancellation).
void normForwardSums(const Op& op, const Shard& shard, int32_t shards, int32_t pass) {
  const int32_t channels = op.inC;
  float* sum = sumsOf(op, shard.index, 0);
  const float* mean = meanOf(op, shards);
  for (int32_t c = 0; c < channels; c++) sum[c] = 0.0f;
  for (int32_t i = shard.first * positionsOf(op); i < shard.last * positionsOf(op); i++) {
    const float* x = op.x + i * channels;
    if (pass == 0) {
      for (int32_t c = 0; c < channels; c++) sum[c] += x[c];
    } else {
      for (int32_t c = 0; c < channels; c++) sum[c] += (x[c] - mean[c]) * (x[c] - mean[c]);
    }
  }
}

void normForwardJoin(const Op& op, int32_t rows, int32_t shards, int32_t pass, bool moving) {
  const float share = 1.0f / static_cast<float>(rows * positionsOf(op));
  float* mean = meanOf(op, shards);
  float* inverse = mean + op.inC;
  for (int32_t c = 0; c < op.inC; c++) {
    float sum = 0.0f;
    for (int32_t s = 0; s < shards; s++) sum += sumsOf(op, s, 0)[c];
    if (pass == 0) {
      mean[c] = sum * share;
      continue;
    }
    const float variance = sum * share;
    inverse[c] = 1.0f / __builtin_sqrtf(variance + op.epsilon);
    if (!moving) continue;
    op.movingMean[c] = op.movingMean[c] * op.rate + mean[c] * (1.0f - op.rate);
    op.movingVariance[c] = op.movingVariance[c] * op.rate + variance * (1.0f - op.rate);
  }
}

void normForwardApply(const Op& op, const Shard& shard, int32_t shards, bool evaluating) {
  const int32_t channels = op.inC;
  const float* mean = evaluating ? op.movingMean : meanOf(op, shards);
  const float* inverse = meanOf(op, shards) + channels;
  for (int32_t i = shard.first * positionsOf(op); i < shard.last * positionsOf(op); i++) {
    const float* x = op.x + i * channels;
    float* y = op.y + i * channels;
    for (int32_t c = 0; c < channels; c++) {
      const float scale = evaluating ? 1.0f / __builtin_sqrtf(op.movingVariance[c] + op.epsilon) : inverse[c];
      float value = (x[c] - mean[c]) * scale * op.w[c] + op.b[c];
      if (op.activation != kNone && value < 0.0f) value = 0.0f;
      if (op.activation == kRelu6 && value > 6.0f) value = 6.0f;
      y[c] = value;
    }
  }
}

void normBackwardSums(const Op& op, const Shard& shard, int32_t shards) {
  const int32_t channels = op.inC;
  const int32_t positions = positionsOf(op);
  float* sum = sumsOf(op, shard.index, 0);
  float* product = sumsOf(op, shard.index, 1);
  const float* mean = meanOf(op, shards);
  const float* inverse = mean + channels;
  const int32_t from = shard.first * positions * channels;
  maskByActivation(op.dy + from, op.y + from, (shard.last - shard.first) * positions * channels,
                   op.activation);
  for (int32_t c = 0; c < channels; c++) sum[c] = product[c] = 0.0f;
  for (int32_t i = shard.first * positions; i < shard.last * positions; i++) {
    const float* x = op.x + i * channels;
    const float* dy = op.dy + i * channels;
    for (int32_t c = 0; c < channels; c++) {
      sum[c] += dy[c];
      product[c] += dy[c] * (x[c] - mean[c]) * inverse[c];
    }
  }
}

// dgamma and dbeta are written by shard 0 only; the copies of the other shards stay zero.
void normBackwardApply(const Op& op, const Shard& shard, int32_t rows, int32_t shards) {
  const int32_t channels = op.inC;
  const int32_t positions = positionsOf(op);
  const float share = 1.0f / static_cast<float>(rows * positions);
  const float* mean = meanOf(op, shards);
  const float* inverse = mean + channels;
  for (int32_t c = 0; c < channels; c++) {
    float sum = 0.0f;
    float product = 0.0f;
    for (int32_t s = 0; s < shards; s++) {
      sum += sumsOf(op, s, 0)[c];
      product += sumsOf(op, s, 1)[c];
    }
    if (shard.index == 0) {
      op.dw[c] = product;
      op.db[c] = sum;
    }
    if (!op.dx) continue;
    const float gain = op.w[c] * inverse[c];
    for (int32_t i = shard.first * positions; i < shard.last * positions; i++) {
      const float unit = (op.x[i * channels + c] - mean[c]) * inverse[c];
      const float value = gain * (op.dy[i * channels + c] - share * sum - unit * share * product);
      float& dx = op.dx[i * channels + c];
      dx = (op.accumulate & kAccumulateDx) ? dx + value : value;
    }
  }
}

}  // namespace train
}  // namespace dormouse
