#include "conv.h"

#include "dot.h"
#include "requantize.h"

namespace dormouse {
namespace nn {

namespace {
// One output channel at one place. `image` points at the group's first channel of the batch.
uint32_t sumAt(const ConvParams& params, const int8_t* image, const int8_t* filter, const Span& rows,
               const Span& columns) {
  const Window& w = params.window;
  const uint32_t depth = params.filterChannels;
  const uint32_t pixel = w.inChannels;
  const bool contiguous = w.dilationX == 1 && depth == pixel;
  const int32_t count = columns.end - columns.first;
  uint32_t sum = 0;
  for (int32_t y = rows.first; y < rows.end; y++) {
    const uint32_t row = static_cast<uint32_t>(rows.at + (y - rows.first) * w.dilationY) * w.inWidth;
    const int8_t* in = image + static_cast<size_t>(row + static_cast<uint32_t>(columns.at)) * pixel;
    const int8_t* weights =
        filter + static_cast<size_t>(static_cast<uint32_t>(y * w.width + columns.first)) * depth;
    if (contiguous) {
      sum += dot(in, weights, static_cast<uint32_t>(count) * depth, params.inputOffset);
      continue;
    }
    for (int32_t x = 0; x < count; x++) {
      sum += dot(in, weights, depth, params.inputOffset);
      in += w.dilationX * pixel;
      weights += depth;
    }
  }
  return sum;
}
}  // namespace

void conv(const ConvParams& params, const int8_t* input, const int8_t* weights, const int32_t* bias,
          int8_t* output) {
  const Window& w = params.window;
  const size_t imageBytes = static_cast<size_t>(w.inHeight) * w.inWidth * w.inChannels;
  const size_t filterBytes = static_cast<size_t>(w.height) * w.width * params.filterChannels;
  for (uint32_t batch = 0; batch < w.batches; batch++, input += imageBytes) {
    for (int32_t y = 0; y < w.outHeight; y++) {
      const Span rows = spanOf(y * w.strideY - w.padTop, w.height, w.dilationY, w.inHeight);
      for (int32_t x = 0; x < w.outWidth; x++) {
        const Span columns = spanOf(x * w.strideX - w.padLeft, w.width, w.dilationX, w.inWidth);
        const int8_t* filter = weights;
        const int8_t* image = input;
        uint32_t inGroup = 0;
        for (uint32_t channel = 0; channel < w.outChannels; channel++, filter += filterBytes) {
          if (inGroup == params.channelsPerGroup) {
            inGroup = 0;
            image += params.filterChannels;
          }
          inGroup++;
          uint32_t sum = columns.end > columns.first ? sumAt(params, image, filter, rows, columns) : 0u;
          if (bias != nullptr) sum += static_cast<uint32_t>(bias[channel]);
          *output++ = requantize(sum, params.requantization, channel);
        }
      }
    }
  }
}

uint32_t convScratchBytes(const ConvParams&) { return 0; }

}  // namespace nn
}  // namespace dormouse
