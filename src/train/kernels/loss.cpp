// Softmax with cross-entropy, each row weighted by its class; and where the rows of a batch come from,
// augmented.
#include "layers.h"
#include "math.h"

namespace dormouse {
namespace train {

void softmaxForward(const Op& op, const Job& job, const Shard& shard) {
  const int32_t classes = op.inC;
  double loss = 0.0;
  int32_t correct = 0;
  for (int32_t n = shard.first; n < shard.last; n++) {
    const float* x = op.x + n * classes;
    float* y = op.y + n * classes;
    float top = x[0];
    int32_t best = 0;
    for (int32_t c = 1; c < classes; c++) {
      if (!(x[c] > top)) continue;
      top = x[c];
      best = c;
    }
    float sum = 0.0f;
    for (int32_t c = 0; c < classes; c++) {
      y[c] = expOf(x[c] - top);
      sum += y[c];
    }
    for (int32_t c = 0; c < classes; c++) y[c] /= sum;
    const int32_t truth = job.batchY[n];
    const float surprise = logOf(sum) - (x[truth] - top);
    loss += static_cast<double>(job.classWeights[truth] * surprise);
    correct += best == truth;
  }
  job.shardLoss[shard.index] = loss;
  job.shardCorrect[shard.index] = correct;
}

// The loss is the weighted sum over the rows divided by the number of rows (Keras' rule).
void softmaxBackward(const Op& op, const Job& job, const Shard& shard) {
  const int32_t classes = op.inC;
  for (int32_t n = shard.first; n < shard.last; n++) {
    const int32_t truth = job.batchY[n];
    const float weight = job.classWeights[truth] / static_cast<float>(job.rows);
    for (int32_t c = 0; c < classes; c++)
      op.dx[n * classes + c] = weight * (op.y[n * classes + c] - (c == truth ? 1.0f : 0.0f));
  }
}

namespace {

// One window at another speed, moved in time, louder or softer, turned, on another level, with noise; ends
// hold their value. Parameters: gain, shift in frames, speed, jitter, offset, then a turn as three rows of
// three.
void augmentRow(const Job& job, const float* from, float* to, const float* parameters, uint32_t row) {
  const float gain = parameters[0];
  const float shift = parameters[1];
  const float speed = parameters[2];
  const float jitter = parameters[3];
  const float offset = parameters[4];
  const float* turn = parameters + 5;
  const int32_t frames = job.inputFrames;
  const int32_t axes = job.inputAxes;
  const bool turning = frames > 1 && axes % 3 == 0;
  const float last = static_cast<float>(frames - 1);
  const uint32_t seed = hashOf(job.noiseSeed ^ 0x6a09e667u, row);
  const uint32_t levelSeed = hashOf(job.noiseSeed ^ 0xbb67ae85u, row);
  for (int32_t t = 0; t < frames; t++) {
    float at = (static_cast<float>(t) - last * 0.5f) * speed + last * 0.5f + shift;
    if (at < 0.0f) at = 0.0f;
    if (at > last) at = last;
    const int32_t before = static_cast<int32_t>(at);
    const int32_t after = before + 1 < frames ? before + 1 : before;
    const float part = at - static_cast<float>(before);
    float* out = to + t * axes;
    for (int32_t a = 0; a < axes; a++) {
      const float left = from[before * axes + a];
      const float right = from[after * axes + a];
      out[a] = (left + (right - left) * part) * gain;
    }
    for (int32_t a = 0; turning && a < axes; a += 3) {
      const float x = out[a];
      const float y = out[a + 1];
      const float z = out[a + 2];
      for (int32_t i = 0; i < 3; i++)
        out[a + i] = turn[i * 3] * x + turn[i * 3 + 1] * y + turn[i * 3 + 2] * z;
    }
    for (int32_t a = 0; a < axes; a++) {
      if (offset > 0.0f) out[a] += offset * normalOf(levelSeed, static_cast<uint32_t>(a));
      if (jitter > 0.0f) out[a] += jitter * normalOf(seed, static_cast<uint32_t>(t * axes + a));
    }
  }
}

}  // namespace

void gatherRows(const Job& job, const Shard& shard) {
  for (int32_t n = shard.first; n < shard.last; n++) {
    const int32_t row = job.order[n];
    const float* from = job.dataX + row * job.inputSize;
    float* to = job.batchX + n * job.inputSize;
    job.batchY[n] = job.dataY ? job.dataY[row] : 0;
    if (job.augment && job.mode == kTrain) {
      augmentRow(job, from, to, job.augment + n * kAugmentValues, static_cast<uint32_t>(n));
    } else {
      for (int32_t i = 0; i < job.inputSize; i++) to[i] = from[i];
    }
  }
}

}  // namespace train
}  // namespace dormouse
