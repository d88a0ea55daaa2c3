// Batch normalisation that is not trained: by its moving statistics, in training as in evaluation, so that it
// is one factor and one offset per channel and needs nothing of the other rows. stats: [shards][channels],
// the factors, each shard's own copy.
#include "layers.h"

namespace dormouse {
namespace train {

void frozenNormForward(const Op& op, const Shard& shard) {
  const int32_t channels = op.inC;
  const int32_t positions = op.inH * op.inW;
  float* gain = op.stats + shard.index * channels;
  for (int32_t c = 0; c < channels; c++)
    gain[c] = op.w[c] / __builtin_sqrtf(op.movingVariance[c] + op.epsilon);
  const float top = op.activation == kRelu6 ? 6.0f : 3.4e38f;
  for (int32_t i = shard.first * positions; i < shard.last * positions; i++) {
    const float* x = op.x + i * channels;
    float* y = op.y + i * channels;
    for (int32_t c = 0; c < channels; c++) y[c] = (x[c] - op.movingMean[c]) * gain[c] + op.b[c];
    if (op.activation == kNone) continue;
    for (int32_t c = 0; c < channels; c++) {
      const float low = y[c] < 0.0f ? 0.0f : y[c];
      y[c] = low > top ? top : low;
    }
  }
}

void frozenNormBackward(const Op& op, const Shard& shard) {
  if (!op.dx) return;
  const int32_t channels = op.inC;
  const int32_t positions = op.inH * op.inW;
  const int32_t from = shard.first * positions;
  const int32_t to = shard.last * positions;
  const float* gain = op.stats + shard.index * channels;
  maskByActivation(op.dy + from * channels, op.y + from * channels, (to - from) * channels, op.activation);
  for (int32_t i = from; i < to; i++) {
    const float* dy = op.dy + i * channels;
    float* dx = op.dx + i * channels;
    if (op.accumulate & kAccumulateDx) {
      for (int32_t c = 0; c < channels; c++) dx[c] += dy[c] * gain[c];
    } else {
      for (int32_t c = 0; c < channels; c++) dx[c] = dy[c] * gain[c];
    }
  }
}

}  // namespace train
}  // namespace dormouse
