#include "fully_connected16.h"

namespace dormouse {
namespace nn {

void fullyConnected16(const WideFullyConnectedParams& params, const int16_t* input, const int8_t* weights,
                      const WideBias& bias, int16_t* output) {
  for (uint32_t batch = 0; batch < params.batches; batch++, input += params.depth) {
    const int8_t* row = weights;
    for (uint32_t channel = 0; channel < params.channels; channel++, row += params.depth) {
      const int64_t sum = wrapAdd64(dot16(input, row, params.depth), bias.at(channel));
      *output++ = requantize16(sum, params.requantization, channel);
    }
  }
}

}  // namespace nn
}  // namespace dormouse
