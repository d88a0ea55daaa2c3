// Pixels of any size taken from the nearest places of an image, by TFLite's float32 rule.
#ifndef DORMOUSE_NN_KERNELS_RESIZE_NEAREST_H
#define DORMOUSE_NN_KERNELS_RESIZE_NEAREST_H

#include <stddef.h>
#include <stdint.h>

namespace dormouse {
namespace nn {

struct ResizeNearestParams {
  uint32_t batches;
  uint32_t inHeight;  // heights and widths are at most 65535
  uint32_t inWidth;
  uint32_t outHeight;
  uint32_t outWidth;
  uint32_t pixelBytes;
  bool alignCorners;
  bool halfPixelCenters;
};

// scratch: resizeNearestScratchBytes, 2-aligned.
void resizeNearest(const ResizeNearestParams& params, const uint8_t* input, uint8_t* output, void* scratch);
uint32_t resizeNearestScratchBytes(const ResizeNearestParams& params);

}  // namespace nn
}  // namespace dormouse

#endif
