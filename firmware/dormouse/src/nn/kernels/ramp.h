// Functions of one int8 or int16 value that are made of two straight pieces meeting at zero.
#ifndef DORMOUSE_NN_KERNELS_RAMP_H
#define DORMOUSE_NN_KERNELS_RAMP_H

#include "../fixed_point.h"

namespace dormouse {
namespace nn {

struct RampParams {
  uint32_t count;
  Multiplier below;
  Multiplier above;
  int16_t inputZeroPoint;
  int16_t outputZeroPoint;
  int16_t low;
  int16_t high;
};

void ramp(const RampParams& params, const int8_t* input, int8_t* output);
void ramp16(const RampParams& params, const int16_t* input, int16_t* output);
// Values of the same scale, cut off at both ends.
void cutOff(const RampParams& params, const int8_t* input, int8_t* output);
void cutOff16(const RampParams& params, const int16_t* input, int16_t* output);

}  // namespace nn
}  // namespace dormouse

#endif
