// Matrix times vector: int16 in and out, int8 weights, int64 or int32 bias.
#ifndef DORMOUSE_NN_KERNELS_FULLY_CONNECTED16_H
#define DORMOUSE_NN_KERNELS_FULLY_CONNECTED16_H

#include "requantize16.h"

namespace dormouse {
namespace nn {

struct WideFullyConnectedParams {
  uint32_t batches;
  uint32_t depth;     // of the input
  uint32_t channels;  // of the output
  WideRequantization requantization;
};

// weights: [channels][depth].
void fullyConnected16(const WideFullyConnectedParams& params, const int16_t* input, const int8_t* weights,
                      const WideBias& bias, int16_t* output);

}  // namespace nn
}  // namespace dormouse

#endif
