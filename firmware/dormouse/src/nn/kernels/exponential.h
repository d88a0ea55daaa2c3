// Exponentials and what follows from them in TFLite's fixed point, integers only. Qn is a number with n
// integer bits and 31 - n for the fraction.
#ifndef DORMOUSE_NN_KERNELS_EXPONENTIAL_H
#define DORMOUSE_NN_KERNELS_EXPONENTIAL_H

#include "../fixed_point.h"

namespace dormouse {
namespace nn {

// e^x for x <= 0 in Q`integerBits` (4 or 5); the result in Q0.
int32_t exponential(int32_t x, int32_t integerBits);

// 1 / (1 + x) for x in [0, 1), Q0 in and out.
int32_t reciprocalOfOnePlus(int32_t x);

// 1 / (1 + e^-x) and tanh(x) for x in Q4; the result in Q0.
int32_t logistic(int32_t x);
int32_t hyperbolicTangent(int32_t x);

}  // namespace nn
}  // namespace dormouse

#endif
