// 2-D convolution, int8 in and out, int8 weights per channel or per tensor, int32 bias; groups as in TFLite
// (the weights' channels divide the input's). Sums are exact in int32 and wrap as TFLM's do.
#ifndef DORMOUSE_NN_KERNELS_CONV_H
#define DORMOUSE_NN_KERNELS_CONV_H

#include "window.h"

namespace dormouse {
namespace nn {

// How sums become int8: per output channel (step 1) or the same for all (step 0).
struct Requantization {
  const int32_t* multipliers;
  const int8_t* shifts;
  uint8_t step;
  int16_t outputOffset;
  int16_t low;
  int16_t high;
};

struct ConvParams {
  Window window;
  uint16_t filterChannels;    // inChannels / groups
  uint16_t channelsPerGroup;  // of the output
  int16_t inputOffset;        // minus the input's zero point
  Requantization requantization;
};

// weights: [outChannels][height][width][filterChannels]; bias may be null.
void conv(const ConvParams& params, const int8_t* input, const int8_t* weights, const int32_t* bias,
          int8_t* output);
uint32_t convScratchBytes(const ConvParams& params);

}  // namespace nn
}  // namespace dormouse

#endif
