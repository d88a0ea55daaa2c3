// Softmax with cross-entropy, each row weighted by its class; and where the rows of a batch come from,
// as the augmentation (augment.cpp) makes them.
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
