#include "../../math/exact.h"

#include "resize_nearest.h"

#include "../../math/math.h"

namespace dormouse {
namespace nn {

namespace {
uint32_t nearest(const ResizeNearestParams& params, uint32_t place, uint32_t inSize, uint32_t outSize) {
  const float scale = params.alignCorners && outSize > 1
                          ? static_cast<float>(inSize - 1) / static_cast<float>(outSize - 1)
                          : static_cast<float>(inSize) / static_cast<float>(outSize);
  const float at = (static_cast<float>(place) + (params.halfPixelCenters ? 0.5f : 0.0f)) * scale;
  const uint32_t found =
      static_cast<uint32_t>(params.alignCorners ? math::roundAway(at) : static_cast<int32_t>(at));
  return found < inSize ? found : inSize - 1;
}
}  // namespace

void resizeNearest(const ResizeNearestParams& params, const uint8_t* input, uint8_t* output, void* scratch) {
  // Each column's place in the input.
  uint16_t* const columns = static_cast<uint16_t*>(scratch);
  for (uint32_t x = 0; x < params.outWidth; x++)
    columns[x] = static_cast<uint16_t>(nearest(params, x, params.inWidth, params.outWidth));
  const size_t rowBytes = static_cast<size_t>(params.inWidth) * params.pixelBytes;
  for (uint32_t batch = 0; batch < params.batches; batch++, input += rowBytes * params.inHeight) {
    for (uint32_t y = 0; y < params.outHeight; y++) {
      const uint8_t* const row = input + rowBytes * nearest(params, y, params.inHeight, params.outHeight);
      for (uint32_t x = 0; x < params.outWidth; x++, output += params.pixelBytes)
        __builtin_memcpy(output, row + static_cast<size_t>(columns[x]) * params.pixelBytes,
                         params.pixelBytes);
    }
  }
}

uint32_t resizeNearestScratchBytes(const ResizeNearestParams& params) { return params.outWidth * 2u; }

}  // namespace nn
}  // namespace dormouse
