#include "depthwise.h"

#include "requantize.h"

namespace dormouse {
namespace nn {

namespace {
// All channels at one place: sums[c] += (input[c / multiplier] + offset) * weights[c].
void addTap(const DepthwiseParams& params, const int8_t* input, const int8_t* weights, uint32_t* sums) {
  const uint32_t channels = params.window.outChannels;
  const int32_t offset = params.inputOffset;
  if (params.multiplier == 1) {
    for (uint32_t c = 0; c < channels; c++)
      sums[c] += static_cast<uint32_t>((input[c] + offset) * weights[c]);
    return;
  }
  for (uint32_t c = 0; c < channels; input++) {
    const int32_t x = *input + offset;
    for (const uint32_t end = c + params.multiplier; c < end; c++)
      sums[c] += static_cast<uint32_t>(x * weights[c]);
  }
}
}  // namespace

void depthwise(const DepthwiseParams& params, const int8_t* input, const int8_t* weights, const int32_t* bias,
               int8_t* output, void* scratch) {
  const Window& w = params.window;
  uint32_t* const sums = static_cast<uint32_t*>(scratch);
  const size_t imageBytes = static_cast<size_t>(w.inHeight) * w.inWidth * w.inChannels;
  for (uint32_t batch = 0; batch < w.batches; batch++, input += imageBytes) {
    for (int32_t y = 0; y < w.outHeight; y++) {
      const Span rows = spanOf(y * w.strideY - w.padTop, w.height, w.dilationY, w.inHeight);
      for (int32_t x = 0; x < w.outWidth; x++) {
        const Span columns = spanOf(x * w.strideX - w.padLeft, w.width, w.dilationX, w.inWidth);
        for (uint32_t c = 0; c < w.outChannels; c++)
          sums[c] = bias == nullptr ? 0u : static_cast<uint32_t>(bias[c]);
        for (int32_t ky = rows.first; ky < rows.end; ky++) {
          const size_t row = static_cast<size_t>(rows.at + (ky - rows.first) * w.dilationY) * w.inWidth;
          for (int32_t kx = columns.first; kx < columns.end; kx++) {
            const size_t pixel = row + static_cast<size_t>(columns.at + (kx - columns.first) * w.dilationX);
            const size_t tap = static_cast<size_t>(ky * w.width + kx);
            addTap(params, input + pixel * w.inChannels, weights + tap * w.outChannels, sums);
          }
        }
        for (uint32_t c = 0; c < w.outChannels; c++)
          *output++ = requantize(sums[c], params.requantization, c);
      }
    }
  }
}

uint32_t depthwiseScratchBytes(const DepthwiseParams& params) { return params.window.outChannels * 4u; }

}  // namespace nn
}  // namespace dormouse
