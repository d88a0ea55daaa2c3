// Depthwise 2-D convolution: int16 in and out, int8 weights, int64 bias; each input channel has `multiplier`
// filters of its own.
#ifndef DORMOUSE_NN_KERNELS_DEPTHWISE16_H
#define DORMOUSE_NN_KERNELS_DEPTHWISE16_H

#include "requantize16.h"
#include "window.h"

namespace dormouse {
namespace nn {

struct WideDepthwiseParams {
  Window window;
  uint16_t multiplier;  // outChannels / inChannels
  WideRequantization requantization;
};

// weights: [height][width][outChannels].
void depthwise16(const WideDepthwiseParams& params, const int16_t* input, const int8_t* weights,
                 const WideBias& bias, int16_t* output);

}  // namespace nn
}  // namespace dormouse

#endif
