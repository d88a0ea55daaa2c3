// Softmax over the last dimension: int16 in, int16 out (scale 1/32768), by tables as TFLite has it.
#ifndef DORMOUSE_NN_KERNELS_SOFTMAX16_H
#define DORMOUSE_NN_KERNELS_SOFTMAX16_H

#include "../fixed_point.h"

namespace dormouse {
namespace nn {

struct Softmax16Params {
  uint32_t rows;
  uint32_t depth;         // at most 65535
  Multiplier multiplier;  // beta * input scale in 10/65535; shift at most kMostSoftmaxShift
};

// Differences of two int16 values stay within 32 bits.
enum { kMostSoftmaxShift = 15 };

// The output may lie where the input lies.
void softmax16(const Softmax16Params& params, const int16_t* input, int16_t* output);

}  // namespace nn
}  // namespace dormouse

#endif
