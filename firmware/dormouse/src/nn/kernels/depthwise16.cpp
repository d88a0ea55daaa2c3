#include "depthwise16.h"

namespace dormouse {
namespace nn {

namespace {
// Channels of one place whose sums are kept at a time.
const uint32_t kSums = 8;

struct Place {
  Span rows;
  Span columns;
};

// sums[c] += what the window sees of channels `first` on.
void addTaps(const WideDepthwiseParams& params, const Place& place, const int16_t* image,
             const int8_t* weights, uint32_t first, uint32_t count, int64_t* sums) {
  const Window& w = params.window;
  for (int32_t ky = place.rows.first; ky < place.rows.end; ky++) {
    const int32_t inY = place.rows.at + (ky - place.rows.first) * w.dilationY;
    for (int32_t kx = place.columns.first; kx < place.columns.end; kx++) {
      const int32_t inX = place.columns.at + (kx - place.columns.first) * w.dilationX;
      const size_t pixel = static_cast<size_t>(inY) * w.inWidth + static_cast<size_t>(inX);
      const int16_t* const in = image + pixel * w.inChannels;
      const size_t tap = static_cast<size_t>(ky) * w.width + static_cast<size_t>(kx);
      const int8_t* const weight = weights + tap * w.outChannels + first;
      if (params.multiplier == 1) {
        for (uint32_t c = 0; c < count; c++) sums[c] += in[first + c] * weight[c];
      } else {
        for (uint32_t c = 0; c < count; c++) sums[c] += in[(first + c) / params.multiplier] * weight[c];
      }
    }
  }
}

void computePlace(const WideDepthwiseParams& params, const Place& place, const int16_t* image,
                  const int8_t* weights, const WideBias& bias, int16_t* output) {
  const uint32_t channels = params.window.outChannels;
  for (uint32_t first = 0; first < channels; first += kSums) {
    const uint32_t count = channels - first < kSums ? channels - first : kSums;
    int64_t sums[kSums] = {0, 0, 0, 0, 0, 0, 0, 0};
    addTaps(params, place, image, weights, first, count, sums);
    for (uint32_t c = first; c < first + count; c++)
      output[c] = requantize16(wrapAdd64(sums[c - first], bias.at(c)), params.requantization, c);
  }
}
}  // namespace

void depthwise16(const WideDepthwiseParams& params, const int16_t* input, const int8_t* weights,
                 const WideBias& bias, int16_t* output) {
  const Window& w = params.window;
  const size_t imageValues = static_cast<size_t>(w.inHeight) * w.inWidth * w.inChannels;
  for (uint32_t batch = 0; batch < w.batches; batch++, input += imageValues) {
    for (int32_t y = 0; y < w.outHeight; y++) {
      Place place;
      place.rows = spanOf(y * w.strideY - w.padTop, w.height, w.dilationY, w.inHeight);
      for (int32_t x = 0; x < w.outWidth; x++, output += w.outChannels) {
        place.columns = spanOf(x * w.strideX - w.padLeft, w.width, w.dilationX, w.inWidth);
        computePlace(params, place, input, weights, bias, output);
      }
    }
  }
}

}  // namespace nn
}  // namespace dormouse
