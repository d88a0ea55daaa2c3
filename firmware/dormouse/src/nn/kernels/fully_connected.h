// Matrix times vector: int8 in and out, int8 weights, int32 bias.
#ifndef DORMOUSE_NN_KERNELS_FULLY_CONNECTED_H
#define DORMOUSE_NN_KERNELS_FULLY_CONNECTED_H

#include "requantize.h"

namespace dormouse {
namespace nn {

struct FullyConnectedParams {
  uint32_t batches;
  uint32_t depth;     // of the input
  uint32_t channels;  // of the output
  int16_t inputOffset;
  int16_t weightsOffset;  // minus the weights' zero point
  Requantization requantization;
};

// weights: [channels][depth]; bias may be null.
void fullyConnected(const FullyConnectedParams& params, const int8_t* input, const int8_t* weights,
                    const int32_t* bias, int8_t* output);
uint32_t fullyConnectedScratchBytes(const FullyConnectedParams& params);

}  // namespace nn
}  // namespace dormouse

#endif
