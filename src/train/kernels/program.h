// The program that a training thread runs: one Op per layer, and the Job around them. Both are laid out by
// src/train/plan.ts, word by word in this order; every word has four bytes, every pointer is an offset into
// the shared memory. Nothing is allocated here.
#pragma once
#include <stdint.h>

namespace dormouse {
namespace train {

enum Kind : int32_t {
  kDense = 0,  // also a 1x1 convolution: `positions` rows per example
  kConv = 1,
  kDepthwise = 2,
  kMaxPool = 3,
  kAveragePool = 4,
  kBatchNorm = 5,
  kActivation = 6,
  kDropout = 7,
  kAdd = 8,
  kZeroPadding = 9,
  kSoftmaxLoss = 10,  // of each cell where there are several
  kSigmoidLoss = 11,
  kSquaredLoss = 12,
  kFrozenNorm = 13,  // batch norm that stays as it is: by its moving statistics, also in training
};

enum Activation : int32_t { kNone = 0, kRelu = 1, kRelu6 = 2 };

// What a run computes. Gradients and training normalise by the batch's own statistics; only training drops,
// augments and updates.
enum Mode : int32_t { kTrain = 0, kEvaluate = 1, kGradients = 2, kQuit = 3 };

enum AccumulateFlags : int32_t { kAccumulateDx = 1, kAccumulateDx2 = 2 };

// Values per row at Job::augment, see augmentRow().
enum : int32_t { kAugmentValues = 16 };

struct Quantised;
enum AugmentKind : int32_t { kMotion = 0, kSpectrogram = 1, kImage = 2 };

enum Optimiser : int32_t { kAdam = 0, kGradientDescent = 1 };

struct Op {
  int32_t kind;
  int32_t activation;
  float* x;   // input of the whole batch, [rows][inputs]
  float* x2;  // second input of an addition
  float* y;   // output, [rows][outputs]
  float* dx;  // gradients of x, x2, y; null where nobody wants them
  float* dx2;
  float* dy;
  float* w;   // kernel or gamma
  float* b;   // bias or beta
  float* dw;  // gradients of shard 0; shard s has them `gradStride` values further on
  float* db;
  float* movingMean;
  float* movingVariance;
  float* stats;  // batch norm: per shard 2 sums per channel, then mean and 1/deviation per channel
  int32_t inH, inW, inC;
  int32_t outH, outW, outC;
  int32_t kH, kW, sH, sW, padTop, padLeft;
  int32_t accumulate;
  float rate;  // dropout: share dropped; batch norm: momentum
  float epsilon;
  float l2;
  Quantised* quantised;  // how the int8 engine computes this (quantised.h); null in float training
};

struct Job {
  // Synchronisation. Written with atomics only.
  uint32_t ticket;      // counts runs; a helper that sees it change starts one
  uint32_t arrived;     // threads that wait at the barrier
  uint32_t generation;  // counts barriers passed
  // Fixed for the life of the plan.
  int32_t threads;
  int32_t shards;
  int32_t shardRows;  // rows per shard of a full batch
  int32_t opCount;
  Op* ops;
  int32_t inputSize;
  int32_t inputFrames;  // for augmentation: the input is [frames][axes][channels]
  int32_t inputAxes;
  int32_t classes;
  float* params;
  float* gradients;
  float* momentum;  // Adam's first and second moments
  float* variance;
  int32_t paramCount;
  int32_t gradStride;
  float* scratch;  // scratchStride values per thread
  int32_t scratchStride;
  float* batchX;
  double* shardLoss;  // sum over the shard's rows, not yet divided
  int32_t* shardCorrect;
  float* classWeights;
  // Set before each run.
  int32_t mode;
  int32_t rows;
  const float* dataX;
  const int32_t* dataY;
  const int32_t* order;
  const float* augment;  // kAugmentValues per row of the batch; null = none
  uint32_t noiseSeed;
  int32_t optimiser;
  float learningRate;
  float beta1, beta2, epsilon;
  float correction1, correction2;  // 1 - beta^t
  // Also fixed for the life of the plan.
  int32_t inputChannels;
  int32_t labelsPerRow;  // at dataY: 1, one per cell, or 0 where values are learned
  int32_t outputs;       // values of a row at dataTargets
  uint8_t* mask;         // one per parameter, 0 = stays exactly 0; null = none
  // Also set before each run.
  const float* dataTargets;  // null = the loss does not matter
  int32_t augmentKind;
  float smoothing;        // share of a label that is spread over all classes
  float momentumRate;     // of gradient descent
  float weightDecay;      // share of each kernel value taken per unit of learning rate
  const float* axisMean;  // per axis of motion, what normalisation took away; null = turn what it left
  const float* axisDeviation;
};

}  // namespace train
}  // namespace dormouse
