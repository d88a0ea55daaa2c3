// Training with the arithmetic of the int8 engine: the forward pass holds every activation as the whole
// number (q - zero point) that the board would hold, in a float32, and rounds as firmware/dormouse/src/nn
// does; the backward pass takes the rounding for the identity (straight through), with no gradient where a
// value was cut off. Gradients are of real numbers, as everywhere. Nothing here knows where the ranges come
// from.
#pragma once
#include <stdint.h>

#include "layers.h"

namespace dormouse {
namespace train {

// What an Op computes where it has a Quantised beside it.
enum Rule : int32_t {
  kQuantiseInput = 0,     // real rows to whole numbers
  kDequantiseOutput = 1,  // whole numbers to what the loss is computed of
  kWeighted = 2,          // dense, convolution, depthwise
  kAddition = 3,
  kMean = 4,     // over all positions, with an output scale of its own
  kAverage = 5,  // the rules from here on keep the quantisation of their input
  kMaximum = 6,
  kClamp = 7,  // an activation by itself
  kSame = 8,   // zero padding
};

// value = scale * (q - zeroPoint). One for each tensor, found anew at each run.
struct Quantisation {
  float scale;
  int32_t zeroPoint;
};

struct Quantised {
  int32_t rule;
  Quantisation* in;
  Quantisation* in2;
  Quantisation* out;
  const double*
      range;      // smallest and largest output of calibration; null where the input's quantisation is kept
  uint8_t* kept;  // per output value of the batch: 0 = it was cut off, so no gradient passes
  // Weighted layers. Output channels lie last in every kernel.
  int32_t perChannel;
  float* weights;      // whole numbers
  float* realWeights;  // what those stand for, divided by the input's scale
  float* scales;       // one per channel, or one
  double* sums;        // per channel: the largest sum that any input can make
  int32_t* bias;
  // Fixed-point factors: one per channel or one; of an addition, of both inputs and the sum.
  int32_t* multipliers;
  int32_t* shifts;
  // Found at each run.
  int32_t exactInFloat;  // no sum of products can leave the whole numbers that float32 holds
  int32_t low, high;     // what the output is cut off at
};

// Quantises the weights as they are now and finds all scales, layer after layer. On one thread, before
// forward.
void prepareQuantised(const Job& job);

void quantisedForward(const Op& op, const Shard& shard);
void quantisedBackward(const Op& op, const Shard& shard);

}  // namespace train
}  // namespace dormouse
