#include "fully_connected.h"

#include "dot.h"
#include "requantize.h"

namespace dormouse {
namespace nn {

void fullyConnected(const FullyConnectedParams& params, const int8_t* input, const int8_t* weights,
                    const int32_t* bias, int8_t* output) {
  const uint32_t depth = params.depth;
  for (uint32_t batch = 0; batch < params.batches; batch++, input += depth) {
    // A zero point of the weights adds the same to every channel.
    uint32_t common = 0;
    if (params.weightsOffset != 0) {
      for (uint32_t i = 0; i < depth; i++) common += static_cast<uint32_t>(input[i] + params.inputOffset);
      common *= static_cast<uint32_t>(static_cast<int32_t>(params.weightsOffset));
    }
    const int8_t* row = weights;
    for (uint32_t channel = 0; channel < params.channels; channel++, row += depth) {
      uint32_t sum = dot(input, row, depth, params.inputOffset) + common;
      if (bias != nullptr) sum += static_cast<uint32_t>(bias[channel]);
      *output++ = requantize(sum, params.requantization, channel);
    }
  }
}

uint32_t fullyConnectedScratchBytes(const FullyConnectedParams&) { return 0; }

}  // namespace nn
}  // namespace dormouse
