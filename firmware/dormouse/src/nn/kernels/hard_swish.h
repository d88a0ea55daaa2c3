// x * relu6(x + 3) / 6 of int8 tensors, in TFLite's 16-bit fixed point.
#ifndef DORMOUSE_NN_KERNELS_HARD_SWISH_H
#define DORMOUSE_NN_KERNELS_HARD_SWISH_H

#include "../fixed_point.h"

namespace dormouse {
namespace nn {

struct HardSwishParams {
  uint32_t count;
  int16_t inputZeroPoint;
  int16_t outputZeroPoint;
  int16_t output;  // input scale / 128 / output scale: output * 2^(outputShift - 15); outputShift <= 0
  int16_t ramp;    // input scale / 128 on the scale where 3 is 2^15
  int8_t outputShift;
  int8_t rampShift;
};

// scratch: hardSwishScratchBytes.
void hardSwish(const HardSwishParams& params, const int8_t* input, int8_t* output, void* scratch);
uint32_t hardSwishScratchBytes(const HardSwishParams& params);

}  // namespace nn
}  // namespace dormouse

#endif
