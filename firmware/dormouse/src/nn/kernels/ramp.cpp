#include "ramp.h"

namespace dormouse {
namespace nn {

void ramp(const RampParams& params, const int8_t* input, int8_t* output) {
  for (uint32_t i = 0; i < params.count; i++) {
    const int32_t x = input[i] - params.inputZeroPoint;
    const int32_t scaled = multiply(x, x < 0 ? params.below : params.above);
    output[i] = static_cast<int8_t>(clamp(wrapAdd(scaled, params.outputZeroPoint), params.low, params.high));
  }
}

void cutOff(const RampParams& params, const int8_t* input, int8_t* output) {
  for (uint32_t i = 0; i < params.count; i++)
    output[i] = static_cast<int8_t>(clamp(input[i], params.low, params.high));
}

}  // namespace nn
}  // namespace dormouse
