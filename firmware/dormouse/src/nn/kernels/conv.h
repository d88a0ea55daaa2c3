// 2-D convolution, int8 in and out, int8 weights per channel or per tensor, int32 bias; groups as in TFLite
// (the weights' channels divide the input's). Sums are exact in int32 and wrap as TFLM's do.
#ifndef DORMOUSE_NN_KERNELS_CONV_H
#define DORMOUSE_NN_KERNELS_CONV_H

#include "gemm.h"
#include "window.h"

namespace dormouse {
namespace nn {

struct ConvParams {
  Window window;
  uint16_t filterChannels;    // inChannels / groups
  uint16_t channelsPerGroup;  // of the output
  int16_t inputOffset;        // minus the input's zero point
  Requantization requantization;
};

// weights: [outChannels][height][width][filterChannels]; bias may be null. scratch: convScratchBytes,
// 4-aligned.
void conv(const ConvParams& params, const int8_t* input, const int8_t* weights, const int32_t* bias,
          int8_t* output, void* scratch);
uint32_t convScratchBytes(const ConvParams& params);

}  // namespace nn
}  // namespace dormouse

#endif
