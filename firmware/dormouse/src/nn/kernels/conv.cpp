#include "conv.h"

#include "gather.h"

namespace dormouse {
namespace nn {

namespace {
uint32_t depthOf(const ConvParams& params) {
  return static_cast<uint32_t>(params.window.height) * params.window.width * params.filterChannels;
}

// The window at each place is one pixel, whole: rows of input can be read where they are.
bool readsInPlace(const ConvParams& params) {
  const Window& w = params.window;
  return w.height == 1 && w.width == 1 && w.padTop == 0 && w.padLeft == 0 &&
         params.filterChannels == w.inChannels;
}

// Too few for a patch.
bool fewPlaces(const ConvParams& params) {
  return static_cast<uint32_t>(params.window.outHeight) * params.window.outWidth < kLanes;
}

// One image and group: places in the order of the output, four at a time.
class Places {
 public:
  Places(const ConvParams& params, const Gemm& gemm, void* scratch)
      : params_(params),
        gemm_(gemm),
        patch_(scratch),
        row_(static_cast<int8_t*>(scratch) + (fewPlaces(params) ? 0 : patchBytes(gemm))),
        inPlace_(readsInPlace(params)) {}

  void run(const int8_t* image, const int8_t* weights, const int32_t* bias, uint32_t first, int8_t* output) {
    const Window& w = params_.window;
    uint32_t left = static_cast<uint32_t>(w.outHeight) * w.outWidth;
    int32_t y = -w.padTop;
    int32_t x = -w.padLeft;
    uint32_t column = 0;
    uint32_t lane = 0;
    while (left != 0) {
      const int8_t* row = row_;
      if (inPlace_) {
        row = image + static_cast<size_t>(static_cast<uint32_t>(y) * w.inWidth + static_cast<uint32_t>(x)) *
                          w.inChannels;
      } else {
        gather(w, params_.filterChannels, static_cast<int8_t>(-params_.inputOffset), image, y, x, row_);
      }
      if (lane == 0 && left < kLanes) {
        // Output may lie where the input was.
        if (inPlace_) copyValues(static_cast<int8_t*>(patch_), row, gemm_.depth);
        multiplyRow(gemm_, inPlace_ ? static_cast<const int8_t*>(patch_) : row, weights, bias, first, 0,
                    output);
        output += gemm_.outStride;
        left--;
      } else {
        fillLane(gemm_, patch_, lane, row);
        if (++lane == kLanes) {
          multiplyPatch(gemm_, patch_, weights, bias, first, output);
          output += kLanes * gemm_.outStride;
          left -= kLanes;
          lane = 0;
        }
      }
      x += w.strideX;
      if (++column == w.outWidth) {
        column = 0;
        x = -w.padLeft;
        y += w.strideY;
      }
    }
  }

 private:
  const ConvParams& params_;
  const Gemm& gemm_;
  void* patch_;
  int8_t* row_;
  bool inPlace_;
};

Gemm gemmOf(const ConvParams& params) {
  Gemm gemm;
  gemm.depth = depthOf(params);
  gemm.channels = params.channelsPerGroup;
  gemm.outStride = params.window.outChannels;
  gemm.inputOffset = params.inputOffset;
  gemm.requantization = params.requantization;
  return gemm;
}
}  // namespace

void conv(const ConvParams& params, const int8_t* input, const int8_t* weights, const int32_t* bias,
          int8_t* output, void* scratch) {
  const Window& w = params.window;
  const Gemm gemm = gemmOf(params);
  Places places(params, gemm, scratch);
  const size_t imageBytes = static_cast<size_t>(w.inHeight) * w.inWidth * w.inChannels;
  const size_t outBytes = static_cast<size_t>(w.outHeight) * w.outWidth * w.outChannels;
  for (uint32_t batch = 0; batch < w.batches; batch++, input += imageBytes, output += outBytes) {
    const int8_t* image = input;
    const int8_t* filters = weights;
    for (uint32_t first = 0; first < w.outChannels; first += gemm.channels) {
      places.run(image, filters, bias, first, output + first);
      image += params.filterChannels;
      filters += static_cast<size_t>(gemm.channels) * gemm.depth;
    }
  }
}

uint32_t convScratchBytes(const ConvParams& params) {
  const Gemm gemm = gemmOf(params);
  const uint32_t row = readsInPlace(params) ? 0 : gemm.depth;
  return fewPlaces(params) ? gemm.depth : patchBytes(gemm) + row;
}

}  // namespace nn
}  // namespace dormouse
