// Between float32 and whole numbers, and from one whole type and scale to another.
#ifndef DORMOUSE_NN_KERNELS_QUANTIZE_H
#define DORMOUSE_NN_KERNELS_QUANTIZE_H

#include "../fixed_point.h"

namespace dormouse {
namespace nn {

// Types: TensorType, int8, uint8, int16 or int32.
struct QuantizeParams {
  uint32_t count;
  float scale;            // of the quantised side
  Multiplier multiplier;  // input scale / output scale, for quantised inputs
  int16_t inputZeroPoint;
  int16_t outputZeroPoint;
  int8_t inputType;
  int8_t outputType;
};

void quantizeFloats(const QuantizeParams& params, const float* input, uint8_t* output);
void requantizeValues(const QuantizeParams& params, const uint8_t* input, uint8_t* output);
void dequantize(const QuantizeParams& params, const uint8_t* input, float* output);

}  // namespace nn
}  // namespace dormouse

#endif
