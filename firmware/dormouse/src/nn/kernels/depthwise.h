// Depthwise 2-D convolution: each input channel has `multiplier` filters of its own.
#ifndef DORMOUSE_NN_KERNELS_DEPTHWISE_H
#define DORMOUSE_NN_KERNELS_DEPTHWISE_H

#include "conv.h"

namespace dormouse {
namespace nn {

struct DepthwiseParams {
  Window window;
  uint16_t multiplier;  // outChannels / inChannels
  int16_t inputOffset;
  Requantization requantization;
};

// weights: [height][width][outChannels]; bias may be null. scratch: depthwiseScratchBytes, 4-aligned.
void depthwise(const DepthwiseParams& params, const int8_t* input, const int8_t* weights, const int32_t* bias,
               int8_t* output, void* scratch);
uint32_t depthwiseScratchBytes(const DepthwiseParams& params);

}  // namespace nn
}  // namespace dormouse

#endif
