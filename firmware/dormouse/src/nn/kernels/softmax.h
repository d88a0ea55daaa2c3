// Softmax over the last dimension, int8 to int8 (scale 1/256, zero point -128) or to int16 (scale 1/65536,
// zero point -32768), in TFLite's fixed point.
#ifndef DORMOUSE_NN_KERNELS_SOFTMAX_H
#define DORMOUSE_NN_KERNELS_SOFTMAX_H

#include <stdint.h>

namespace dormouse {
namespace nn {

struct SoftmaxParams {
  uint32_t rows;
  uint32_t depth;      // at most 4095: the sum of exponentials has 12 integer bits
  int32_t multiplier;  // beta * input scale in Q5.26: multiplier * 2^(shift - 31)
  int32_t shift;
  bool wide;      // int16
  int32_t least;  // differences from the maximum below this count as minus infinity
};

void softmax(const SoftmaxParams& params, const int8_t* input, void* output);
uint32_t softmaxScratchBytes(const SoftmaxParams& params);

}  // namespace nn
}  // namespace dormouse

#endif
