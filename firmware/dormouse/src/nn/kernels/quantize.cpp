#include "../../math/exact.h"

#include "quantize.h"

#include "../multiplier.h"
#include "../types.h"

namespace dormouse {
namespace nn {

namespace {
void store(uint8_t* output, uint32_t i, int32_t value, int8_t type) {
  switch (type) {
    case kInt32:
      reinterpret_cast<int32_t*>(output)[i] = value;
      break;
    case kInt16:
      reinterpret_cast<int16_t*>(output)[i] = static_cast<int16_t>(clamp(value, INT16_MIN, INT16_MAX));
      break;
    case kUInt8:
      output[i] = static_cast<uint8_t>(clamp(value, 0, 255));
      break;
    default:
      output[i] = static_cast<uint8_t>(clamp(value, -128, 127));
      break;
  }
}

int32_t load(const uint8_t* input, uint32_t i, int8_t type) {
  switch (type) {
    case kInt32:
      return reinterpret_cast<const int32_t*>(input)[i];
    case kInt16:
      return reinterpret_cast<const int16_t*>(input)[i];
    case kUInt8:
      return input[i];
    default:
      return static_cast<int8_t>(input[i]);
  }
}
}  // namespace

void quantizeFloats(const QuantizeParams& params, const float* input, uint8_t* output) {
  for (uint32_t i = 0; i < params.count; i++)
    store(output, i, quantiseValue(input[i], params.scale, params.outputZeroPoint), params.outputType);
}

void requantizeValues(const QuantizeParams& params, const uint8_t* input, uint8_t* output) {
  for (uint32_t i = 0; i < params.count; i++) {
    const int32_t x = wrapAdd(load(input, i, params.inputType), -params.inputZeroPoint);
    store(output, i, wrapAdd(multiply(x, params.multiplier), params.outputZeroPoint), params.outputType);
  }
}

void dequantize(const QuantizeParams& params, const uint8_t* input, float* output) {
  for (uint32_t i = 0; i < params.count; i++)
    output[i] = static_cast<float>(load(input, i, params.inputType) - params.inputZeroPoint) * params.scale;
}

}  // namespace nn
}  // namespace dormouse
