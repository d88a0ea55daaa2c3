// Logistic function and hyperbolic tangent of int16 values by a table, as TFLite has them: of tensors, and of
// the insides of an LSTM.
#ifndef DORMOUSE_NN_KERNELS_SIGMOID16_H
#define DORMOUSE_NN_KERNELS_SIGMOID16_H

#include <stdint.h>

namespace dormouse {
namespace nn {

struct Sigmoid16Params {
  uint32_t count;
  int32_t multiplier;  // stored * multiplier / 2^shift, rounded, counts in 1 / 12288; 0 to 32767
  int32_t shift;       // 0 to 31
};

// Output scale 1/32768, no zero points.
void logisticOf16(const Sigmoid16Params& params, const int16_t* input, int16_t* output);
void tanhOf16(const Sigmoid16Params& params, const int16_t* input, int16_t* output);

// 1 / (1 + e^-x), x in Q3.12; the result in Q0.15.
int16_t logistic16(int32_t x);
// tanh(x); x = stored * 2^(shift - 12), shift -15 to 12; the result in Q0.15.
int16_t tanh16(int32_t stored, int32_t shift);

}  // namespace nn
}  // namespace dormouse

#endif
