#include "fully_connected.h"

#include "gemm.h"

namespace dormouse {
namespace nn {

void fullyConnected(const FullyConnectedParams& params, const int8_t* input, const int8_t* weights,
                    const int32_t* bias, int8_t* output) {
  const uint32_t depth = params.depth;
  Gemm gemm;
  gemm.depth = depth;
  gemm.channels = params.channels;
  gemm.outStride = params.channels;
  gemm.inputOffset = params.inputOffset;
  gemm.requantization = params.requantization;
  for (uint32_t batch = 0; batch < params.batches; batch++, input += depth, output += params.channels) {
    // A zero point of the weights adds the same to every channel.
    uint32_t common = 0;
    if (params.weightsOffset != 0) {
      for (uint32_t i = 0; i < depth; i++) common += static_cast<uint32_t>(input[i] + params.inputOffset);
      common *= static_cast<uint32_t>(static_cast<int32_t>(params.weightsOffset));
    }
    multiplyRow(gemm, input, weights, bias, 0, common, output);
  }
}

uint32_t fullyConnectedScratchBytes(const FullyConnectedParams&) { return 0; }

}  // namespace nn
}  // namespace dormouse
