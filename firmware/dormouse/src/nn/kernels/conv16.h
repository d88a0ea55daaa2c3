// 2-D convolution: int16 in and out, int8 weights per channel or per tensor, int64 or int32 bias; groups as
// in TFLite.
#ifndef DORMOUSE_NN_KERNELS_CONV16_H
#define DORMOUSE_NN_KERNELS_CONV16_H

#include "requantize16.h"
#include "window.h"

namespace dormouse {
namespace nn {

struct WideConvParams {
  Window window;
  uint16_t filterChannels;    // inChannels / groups
  uint16_t channelsPerGroup;  // of the output
  WideRequantization requantization;
};

// weights: [outChannels][height][width][filterChannels]. scratch: conv16ScratchBytes, 2-aligned.
void conv16(const WideConvParams& params, const int16_t* input, const int8_t* weights, const WideBias& bias,
            int16_t* output, void* scratch);
uint32_t conv16ScratchBytes(const WideConvParams& params);

}  // namespace nn
}  // namespace dormouse

#endif
