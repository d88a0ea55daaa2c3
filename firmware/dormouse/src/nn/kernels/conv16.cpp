#include "conv16.h"

#include "gather.h"

namespace dormouse {
namespace nn {

namespace {
uint32_t depthOf(const WideConvParams& params) {
  return static_cast<uint32_t>(params.window.height) * params.window.width * params.filterChannels;
}

// All channels of one place.
void computePlace(const WideConvParams& params, const int16_t* image, const int8_t* weights,
                  const WideBias& bias, int32_t y, int32_t x, int16_t* row, int16_t* output) {
  const uint32_t depth = depthOf(params);
  const int16_t nothing = 0;
  uint32_t inGroup = params.channelsPerGroup;
  for (uint32_t channel = 0; channel < params.window.outChannels; channel++, weights += depth) {
    if (inGroup == params.channelsPerGroup) {
      gather(params.window, params.filterChannels, nothing, image, y, x, row);
      image += params.filterChannels;
      inGroup = 0;
    }
    inGroup++;
    const int64_t sum = wrapAdd64(dot16(row, weights, depth), bias.at(channel));
    output[channel] = requantize16(sum, params.requantization, channel);
  }
}
}  // namespace

void conv16(const WideConvParams& params, const int16_t* input, const int8_t* weights, const WideBias& bias,
            int16_t* output, void* scratch) {
  const Window& w = params.window;
  const size_t imageValues = static_cast<size_t>(w.inHeight) * w.inWidth * w.inChannels;
  for (uint32_t batch = 0; batch < w.batches; batch++, input += imageValues) {
    for (int32_t y = 0; y < w.outHeight; y++) {
      for (int32_t x = 0; x < w.outWidth; x++, output += w.outChannels)
        computePlace(params, input, weights, bias, y * w.strideY - w.padTop, x * w.strideX - w.padLeft,
                     static_cast<int16_t*>(scratch), output);
    }
  }
}

uint32_t conv16ScratchBytes(const WideConvParams& params) { return depthOf(params) * 2u; }

}  // namespace nn
}  // namespace dormouse
