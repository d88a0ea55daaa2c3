#include "ramp.h"

namespace dormouse {
namespace nn {

namespace {
template <typename T>
void rampOf(const RampParams& params, const T* input, T* output) {
  for (uint32_t i = 0; i < params.count; i++) {
    const int32_t x = input[i] - params.inputZeroPoint;
    const int32_t scaled = multiply(x, x < 0 ? params.below : params.above);
    output[i] = static_cast<T>(clamp(wrapAdd(scaled, params.outputZeroPoint), params.low, params.high));
  }
}

template <typename T>
void cutOffOf(const RampParams& params, const T* input, T* output) {
  for (uint32_t i = 0; i < params.count; i++)
    output[i] = static_cast<T>(clamp(input[i], params.low, params.high));
}
}  // namespace

void ramp(const RampParams& params, const int8_t* input, int8_t* output) { rampOf(params, input, output); }
void ramp16(const RampParams& params, const int16_t* input, int16_t* output) {
  rampOf(params, input, output);
}

void cutOff(const RampParams& params, const int8_t* input, int8_t* output) {
  cutOffOf(params, input, output);
}
void cutOff16(const RampParams& params, const int16_t* input, int16_t* output) {
  cutOffOf(params, input, output);
}

}  // namespace nn
}  // namespace dormouse
