// Logistic function and hyperbolic tangent of int8 tensors, in TFLite's fixed point.
#ifndef DORMOUSE_NN_KERNELS_SIGMOID_H
#define DORMOUSE_NN_KERNELS_SIGMOID_H

#include "../fixed_point.h"

namespace dormouse {
namespace nn {

struct SigmoidParams {
  uint32_t count;
  Multiplier multiplier;  // input scale in Q4
  int16_t inputZeroPoint;
  int32_t radius;  // inputs so far from zero or farther give the ends of the range
};

// Output scale 1/256, zero point -128.
void logisticOf(const SigmoidParams& params, const int8_t* input, int8_t* output, void* scratch);
// Output scale 1/128, zero point 0.
void tanhOf(const SigmoidParams& params, const int8_t* input, int8_t* output, void* scratch);
uint32_t sigmoidScratchBytes(const SigmoidParams& params);

}  // namespace nn
}  // namespace dormouse

#endif
