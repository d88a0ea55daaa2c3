// One place of a depthwise convolution, and its forms for particular processors.
#ifndef DORMOUSE_NN_KERNELS_DEPTHWISE_FORMS_H
#define DORMOUSE_NN_KERNELS_DEPTHWISE_FORMS_H

#include "depthwise.h"

#if defined(DORMOUSE_NN_ARM_DSP) || defined(DORMOUSE_NN_ARM_SMALL)
#define DORMOUSE_NN_DEPTHWISE_FORM 1
#endif

namespace dormouse {
namespace nn {

// What of the window lies inside of the image.
struct DepthwisePlace {
  const int8_t* input;  // channel 0 of the first pixel
  const int8_t* weights;
  uint32_t rows;
  uint32_t columns;
  uint32_t step;  // bytes of the input from a column to the next; of the weights it is the channels
  uint32_t rowStep;
  uint32_t filterRowStep;
};

// Computes channels from 0 on, as many as it can, and returns how many. At least one row and column are seen,
// the multiplier is 1 and requantization quick.
uint32_t placeForm(const DepthwiseParams& params, const DepthwisePlace& place, const int32_t* bias,
                   int8_t* output);

}  // namespace nn
}  // namespace dormouse

#endif
