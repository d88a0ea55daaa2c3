// What a model's answers are worth: cross-entropy of a softmax (of each cell where there are several), binary
// cross-entropy of a sigmoid per label, mean squared error. Each row counts the mean over its answers, times
// the weight of its class, and the loss is the sum over the rows divided by their number (Keras' rule).
#include "layers.h"
#include "math.h"

namespace dormouse {
namespace train {
namespace {

struct Tally {
  double loss;
  int32_t correct;
};

const int32_t* labelsOf(const Job& job, int32_t n) { return job.dataY + job.order[n] * job.labelsPerRow; }

// Whether the pictures of this step were mirrored and moved, and their cells' labels with them.
bool labelsMoved(const Op& op, const Job& job) {
  return op.inH * op.inW > 1 && job.mode == kTrain && job.augment && job.augmentKind == kImage;
}

// The label of a cell of row n as the picture now is: what came in from outside is background (0). Shifts are
// whole cells (augment.ts).
int32_t movedLabel(const Op& op, const Job& job, int32_t n, int32_t cell) {
  const float* parameters = job.augment + n * kAugmentValues;
  const int32_t row = cell / op.inW - static_cast<int32_t>(parameters[1]) / (job.inputFrames / op.inH);
  const int32_t moved = cell % op.inW - static_cast<int32_t>(parameters[2]) / (job.inputAxes / op.inW);
  if (row < 0 || row >= op.inH || moved < 0 || moved >= op.inW) return 0;
  const int32_t column = parameters[0] != 0.0f ? op.inW - 1 - moved : moved;
  return labelsOf(job, n)[row * op.inW + column];
}

// The first of the largest values.
int32_t bestOf(const float* x, int32_t count) {
  int32_t best = 0;
  for (int32_t c = 1; c < count; c++)
    if (x[c] > x[best]) best = c;
  return best;
}

// One cell: probabilities into y; returns the cross-entropy with the smoothed label.
float softmaxOf(const float* x, float* y, int32_t classes, float top, int32_t truth, float smoothing) {
  float sum = 0.0f;
  for (int32_t c = 0; c < classes; c++) {
    y[c] = expOf(x[c] - top);
    sum += y[c];
  }
  for (int32_t c = 0; c < classes; c++) y[c] /= sum;
  if (smoothing == 0.0f) return logOf(sum) - (x[truth] - top);
  float all = 0.0f;
  for (int32_t c = 0; c < classes; c++) all += x[c] - top;
  return logOf(sum) - ((1.0f - smoothing) * (x[truth] - top) + smoothing / static_cast<float>(classes) * all);
}

void softmaxForward(const Op& op, const Job& job, const Shard& shard, Tally& tally) {
  const int32_t classes = op.inC;
  const int32_t cells = op.inH * op.inW;
  const bool moved = labelsMoved(op, job);
  for (int32_t n = shard.first; n < shard.last; n++) {
    const int32_t* labels = labelsOf(job, n);
    double row = 0.0;
    for (int32_t cell = 0; cell < cells; cell++) {
      const float* x = op.x + (n * cells + cell) * classes;
      const int32_t best = bestOf(x, classes);
      const int32_t truth = moved ? movedLabel(op, job, n, cell) : labels[cell];
      const float surprise =
          softmaxOf(x, op.y + (n * cells + cell) * classes, classes, x[best], truth, job.smoothing);
      row += static_cast<double>(job.classWeights[truth] * surprise);
      tally.correct += best == truth;
    }
    tally.loss += row / static_cast<double>(cells);
  }
}

void softmaxBackward(const Op& op, const Job& job, const Shard& shard) {
  const int32_t classes = op.inC;
  const int32_t cells = op.inH * op.inW;
  const float share = 1.0f / static_cast<float>(job.rows * cells);
  const float spread = job.smoothing / static_cast<float>(classes);
  const bool moved = labelsMoved(op, job);
  for (int32_t n = shard.first; n < shard.last; n++) {
    const int32_t* labels = labelsOf(job, n);
    for (int32_t cell = 0; cell < cells; cell++) {
      const float* y = op.y + (n * cells + cell) * classes;
      float* dx = op.dx + (n * cells + cell) * classes;
      const int32_t truth = moved ? movedLabel(op, job, n, cell) : labels[cell];
      const float weight = job.classWeights[truth] * share;
      for (int32_t c = 0; c < classes; c++)
        dx[c] = weight * (y[c] - (c == truth ? 1.0f - job.smoothing : 0.0f) - spread);
    }
  }
}

// Rows of none of the labels (-1) count 1.
float weightOf(const Job& job, int32_t truth) { return truth < 0 ? 1.0f : job.classWeights[truth]; }

void sigmoidForward(const Op& op, const Job& job, const Shard& shard, Tally& tally) {
  const int32_t labels = op.inC;
  for (int32_t n = shard.first; n < shard.last; n++) {
    const float* x = op.x + n * labels;
    float* y = op.y + n * labels;
    const int32_t truth = labelsOf(job, n)[0];
    float sum = 0.0f;
    for (int32_t c = 0; c < labels; c++) {
      // Of a negative number only: it cannot overflow.
      const float e = expOf(x[c] < 0.0f ? x[c] : -x[c]);
      y[c] = (x[c] < 0.0f ? e : 1.0f) / (1.0f + e);
      sum += logOf(1.0f + e) + (x[c] > 0.0f ? x[c] : 0.0f) - (c == truth ? x[c] : 0.0f);
    }
    const int32_t best = bestOf(x, labels);
    tally.correct += (x[best] >= 0.0f ? best : -1) == truth;
    tally.loss += static_cast<double>(weightOf(job, truth) * sum) / static_cast<double>(labels);
  }
}

void sigmoidBackward(const Op& op, const Job& job, const Shard& shard) {
  const int32_t labels = op.inC;
  for (int32_t n = shard.first; n < shard.last; n++) {
    const int32_t truth = labelsOf(job, n)[0];
    const float weight = weightOf(job, truth) / static_cast<float>(job.rows * labels);
    for (int32_t c = 0; c < labels; c++)
      op.dx[n * labels + c] = weight * (op.y[n * labels + c] - (c == truth ? 1.0f : 0.0f));
  }
}

// The model's own output is what lies at x and y.
void squaredForward(const Op& op, const Job& job, const Shard& shard, Tally& tally) {
  if (!job.dataTargets) return;
  const int32_t outputs = job.outputs;
  for (int32_t n = shard.first; n < shard.last; n++) {
    const float* target = job.dataTargets + job.order[n] * outputs;
    double row = 0.0;
    for (int32_t i = 0; i < outputs; i++) {
      const float apart = op.x[n * outputs + i] - target[i];
      row += static_cast<double>(apart * apart);
    }
    tally.loss += row / static_cast<double>(outputs);
  }
}

void squaredBackward(const Op& op, const Job& job, const Shard& shard) {
  const int32_t outputs = job.outputs;
  const float share = 2.0f / static_cast<float>(job.rows * outputs);
  for (int32_t n = shard.first; n < shard.last; n++) {
    const float* target = job.dataTargets + job.order[n] * outputs;
    for (int32_t i = 0; i < outputs; i++)
      op.dx[n * outputs + i] = share * (op.x[n * outputs + i] - target[i]);
  }
}

}  // namespace

void lossForward(const Op& op, const Job& job, const Shard& shard) {
  Tally tally = {0.0, 0};
  if (op.kind == kSoftmaxLoss) {
    softmaxForward(op, job, shard, tally);
  } else if (op.kind == kSigmoidLoss) {
    sigmoidForward(op, job, shard, tally);
  } else {
    squaredForward(op, job, shard, tally);
  }
  job.shardLoss[shard.index] = tally.loss;
  job.shardCorrect[shard.index] = tally.correct;
}

void lossBackward(const Op& op, const Job& job, const Shard& shard) {
  if (!op.dx) return;
  if (op.kind == kSoftmaxLoss) {
    softmaxBackward(op, job, shard);
  } else if (op.kind == kSigmoidLoss) {
    sigmoidBackward(op, job, shard);
  } else {
    squaredBackward(op, job, shard);
  }
}

}  // namespace train
}  // namespace dormouse
