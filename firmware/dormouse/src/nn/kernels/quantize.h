// Between float32 and int8, and from one int8 or uint8 scale to another.
#ifndef DORMOUSE_NN_KERNELS_QUANTIZE_H
#define DORMOUSE_NN_KERNELS_QUANTIZE_H

#include "../fixed_point.h"

namespace dormouse {
namespace nn {

struct QuantizeParams {
  uint32_t count;
  float scale;            // of the quantised side
  Multiplier multiplier;  // input scale / output scale, for quantised inputs
  int16_t inputZeroPoint;
  int16_t outputZeroPoint;
  bool inputUnsigned;
  bool outputUnsigned;
};

void quantizeFloats(const QuantizeParams& params, const float* input, uint8_t* output);
void requantizeBytes(const QuantizeParams& params, const uint8_t* input, uint8_t* output);
void dequantize(const QuantizeParams& params, const uint8_t* input, float* output);

}  // namespace nn
}  // namespace dormouse

#endif
