#include "../../math/exact.h"

#include "quantize.h"

#include "../multiplier.h"

namespace dormouse {
namespace nn {

namespace {
uint8_t stored(int32_t value, bool isUnsigned) {
  return static_cast<uint8_t>(isUnsigned ? clamp(value, 0, 255) : clamp(value, -128, 127));
}

int32_t loaded(uint8_t byte, bool isUnsigned) { return isUnsigned ? byte : static_cast<int8_t>(byte); }
}  // namespace

void quantizeFloats(const QuantizeParams& params, const float* input, uint8_t* output) {
  for (uint32_t i = 0; i < params.count; i++)
    output[i] = stored(quantiseValue(input[i], params.scale, params.outputZeroPoint), params.outputUnsigned);
}

void requantizeBytes(const QuantizeParams& params, const uint8_t* input, uint8_t* output) {
  for (uint32_t i = 0; i < params.count; i++) {
    const int32_t x = loaded(input[i], params.inputUnsigned) - params.inputZeroPoint;
    output[i] =
        stored(wrapAdd(multiply(x, params.multiplier), params.outputZeroPoint), params.outputUnsigned);
  }
}

void dequantize(const QuantizeParams& params, const uint8_t* input, float* output) {
  for (uint32_t i = 0; i < params.count; i++)
    output[i] =
        static_cast<float>(loaded(input[i], params.inputUnsigned) - params.inputZeroPoint) * params.scale;
}

}  // namespace nn
}  // namespace dormouse
