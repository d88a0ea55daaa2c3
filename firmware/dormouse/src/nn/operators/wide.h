// What operators on int16 values share. Inside nn/operators only.
#ifndef DORMOUSE_NN_OPERATORS_WIDE_H
#define DORMOUSE_NN_OPERATORS_WIDE_H

#include "../kernels/requantize16.h"
#include "common.h"

namespace dormouse {
namespace nn {

// int64, or where `mayBeNarrow` also int32; constant, `channels` values, or none.
bool makeWideBias(Preparation& p, const Tensor* bias, uint32_t channels, bool mayBeNarrow, WideBias* result);

// makeRequantization() for int16. `withoutBias`: the type that the operator's options
// give for a bias that is not there.
bool makeWideRequantization(Preparation& p, WeightedOperator o, const WideBias& bias, uint8_t withoutBias,
                            WideRequantization* requantization);

}  // namespace nn
}  // namespace dormouse

#endif
