// The geometry that convolutions and pools share: a window sliding over an image of channels. One struct for
// the kernels, which trust it: the operators' prepare functions have checked that it fits the tensors.
#ifndef DORMOUSE_NN_KERNELS_WINDOW_H
#define DORMOUSE_NN_KERNELS_WINDOW_H

#include <stddef.h>
#include <stdint.h>

namespace dormouse {
namespace nn {

struct Window {
  uint16_t batches;
  uint16_t inHeight;
  uint16_t inWidth;
  uint16_t inChannels;
  uint16_t outHeight;
  uint16_t outWidth;
  uint16_t outChannels;
  uint16_t height;  // of the window, without dilation
  uint16_t width;
  uint16_t strideY;
  uint16_t strideX;
  uint16_t dilationY;
  uint16_t dilationX;
  uint16_t padTop;
  uint16_t padLeft;
};

// The window's rows (or columns) that lie inside of the image: first to end, and the image's row under the
// first.
struct Span {
  int32_t first;
  int32_t end;
  int32_t at;
};

inline Span spanOf(int32_t origin, int32_t size, int32_t dilation, int32_t image) {
  Span span;
  span.first = origin < 0 ? (dilation - 1 - origin) / dilation : 0;
  const int32_t left = image - origin;
  span.end = left <= 0 ? 0 : (left + dilation - 1) / dilation;
  if (span.end > size) span.end = size;
  span.at = origin + span.first * dilation;
  return span;
}

// By how many bytes the output must begin before the input, so that places computed one after the other never
// write over what later ones read. `ahead` places are written before the input of their first is done with.
uint32_t leadOf(const Window& window, uint32_t ahead);

}  // namespace nn
}  // namespace dormouse

#endif
