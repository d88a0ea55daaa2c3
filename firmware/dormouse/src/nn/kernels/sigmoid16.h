// Logistic function and hyperbolic tangent of int16 values by a table, as TFLite has them for the insides of
// an LSTM.
#ifndef DORMOUSE_NN_KERNELS_SIGMOID16_H
#define DORMOUSE_NN_KERNELS_SIGMOID16_H

#include <stdint.h>

namespace dormouse {
namespace nn {

// 1 / (1 + e^-x), x in Q3.12; the result in Q0.15.
int16_t logistic16(int32_t x);
// tanh(x); x = stored * 2^(shift - 12), shift -15 to 12; the result in Q0.15.
int16_t tanh16(int32_t stored, int32_t shift);

}  // namespace nn
}  // namespace dormouse

#endif
