#include "depthwise.h"

#include "depthwise_forms.h"

namespace dormouse {
namespace nn {

namespace {
// Channels of one place from `first` on, as far as the sums reach.
const uint32_t kSums = 16;

// All taps of one channel's block: sums[c] += (input[c / multiplier] + offset) * weights[c].
void addTap(const DepthwiseParams& params, const int8_t* input, const int8_t* weights, uint32_t first,
            uint32_t count, uint32_t* sums) {
  const int32_t offset = params.inputOffset;
  if (params.multiplier == 1) {
    for (uint32_t c = 0; c < count; c++)
      sums[c] += static_cast<uint32_t>((input[first + c] + offset) * weights[first + c]);
    return;
  }
  for (uint32_t c = 0; c < count; c++)
    sums[c] += static_cast<uint32_t>((input[(first + c) / params.multiplier] + offset) * weights[first + c]);
}

void placeAnywhere(const DepthwiseParams& params, const DepthwisePlace& place, const int32_t* bias,
                   uint32_t first, int8_t* output) {
  const Window& w = params.window;
  while (first < w.outChannels) {
    const uint32_t left = w.outChannels - first;
    const uint32_t count = left < kSums ? left : kSums;
    uint32_t sums[kSums];
    for (uint32_t c = 0; c < count; c++)
      sums[c] = bias == nullptr ? 0u : static_cast<uint32_t>(bias[first + c]);
    const int8_t* row = place.input;
    const int8_t* filters = place.weights;
    for (uint32_t y = 0; y < place.rows; y++, row += place.rowStep, filters += place.filterRowStep) {
      const int8_t* in = row;
      const int8_t* filter = filters;
      for (uint32_t x = 0; x < place.columns; x++, in += place.step, filter += w.outChannels)
        addTap(params, in, filter, first, count, sums);
    }
    for (uint32_t c = 0; c < count; c++) output[c] = requantize(sums[c], params.requantization, first + c);
    output += count;
    first += count;
  }
}

// One input channel: the filters are rows of weights for a convolution once they are turned around.
bool isConvolution(const DepthwiseParams& params) { return params.window.inChannels == 1; }

uint32_t tapsOf(const DepthwiseParams& params) {
  return static_cast<uint32_t>(params.window.height) * params.window.width;
}

ConvParams convolutionOf(const DepthwiseParams& params) {
  ConvParams conv;
  conv.window = params.window;
  conv.filterChannels = 1;
  conv.channelsPerGroup = params.window.outChannels;
  conv.inputOffset = params.inputOffset;
  conv.requantization = params.requantization;
  return conv;
}

uint32_t turnedBytes(const DepthwiseParams& params) {
  return (tapsOf(params) * params.window.outChannels + 3u) & ~3u;
}

void runAsConvolution(const DepthwiseParams& params, const int8_t* input, const int8_t* weights,
                      const int32_t* bias, int8_t* output, void* scratch) {
  const uint32_t taps = tapsOf(params);
  const uint32_t channels = params.window.outChannels;
  int8_t* const turned = static_cast<int8_t*>(scratch);
  for (uint32_t c = 0; c < channels; c++) {
    const int8_t* from = weights + c;
    for (uint32_t t = 0; t < taps; t++, from += channels) turned[c * taps + t] = *from;
  }
  conv(convolutionOf(params), input, turned, bias, output, turned + turnedBytes(params));
}
}  // namespace

void depthwise(const DepthwiseParams& params, const int8_t* input, const int8_t* weights, const int32_t* bias,
               int8_t* output, void* scratch) {
  if (isConvolution(params)) {
    runAsConvolution(params, input, weights, bias, output, scratch);
    return;
  }
  const Window& w = params.window;
  DepthwisePlace place;
  place.step = static_cast<uint32_t>(w.dilationX) * w.inChannels;
  place.rowStep = static_cast<uint32_t>(w.dilationY) * w.inWidth * w.inChannels;
  place.filterRowStep = static_cast<uint32_t>(w.width) * w.outChannels;
  const size_t imageBytes = static_cast<size_t>(w.inHeight) * w.inWidth * w.inChannels;
  for (uint32_t batch = 0; batch < w.batches; batch++, input += imageBytes) {
    for (int32_t y = 0; y < w.outHeight; y++) {
      const Span rows = spanOf(y * w.strideY - w.padTop, w.height, w.dilationY, w.inHeight);
      const uint32_t inRow = static_cast<uint32_t>(rows.at) * w.inWidth;
      for (int32_t x = 0; x < w.outWidth; x++, output += w.outChannels) {
        const Span columns = spanOf(x * w.strideX - w.padLeft, w.width, w.dilationX, w.inWidth);
        const bool seen = rows.end > rows.first && columns.end > columns.first;
        place.rows = seen ? static_cast<uint32_t>(rows.end - rows.first) : 0;
        place.columns = seen ? static_cast<uint32_t>(columns.end - columns.first) : 0;
        place.input = input + static_cast<size_t>(inRow + static_cast<uint32_t>(columns.at)) * w.inChannels;
        place.weights =
            weights +
            static_cast<size_t>(static_cast<uint32_t>(rows.first * w.width + columns.first)) * w.outChannels;
        uint32_t done = 0;
#if defined(DORMOUSE_NN_DEPTHWISE_FORM)
        if (seen && params.multiplier == 1 && params.requantization.quick)
          done = placeForm(params, place, bias, output);
#endif
        placeAnywhere(params, place, bias, done, output + done);
      }
    }
  }
}

uint32_t depthwiseScratchBytes(const DepthwiseParams& params) {
  return isConvolution(params) ? turnedBytes(params) + convScratchBytes(convolutionOf(params)) : 0;
}

}  // namespace nn
}  // namespace dormouse
