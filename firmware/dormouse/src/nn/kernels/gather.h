// Lays out what a convolution's window sees at one place. For int8 and int16 values.
#ifndef DORMOUSE_NN_KERNELS_GATHER_H
#define DORMOUSE_NN_KERNELS_GATHER_H

#include "window.h"

namespace dormouse {
namespace nn {

template <typename T>
void copyValues(T* to, const T* from, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) to[i] = from[i];
}

template <typename T>
void fillValues(T* to, T value, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) to[i] = value;
}

// The window's top left corner lies at (y, x) of the image; `nothing` stands where it leaves that. `depth`
// channels from `image` on, of the window's inChannels. row: [height][width][depth].
template <typename T>
void gather(const Window& w, uint32_t depth, T nothing, const T* image, int32_t y, int32_t x, T* row) {
  const uint32_t pixel = w.inChannels;
  const Span rows = spanOf(y, w.height, w.dilationY, w.inHeight);
  const Span columns = spanOf(x, w.width, w.dilationX, w.inWidth);
  const uint32_t rowValues = w.width * depth;
  const bool contiguous = w.dilationX == 1 && depth == pixel;
  const uint32_t before = static_cast<uint32_t>(columns.first) * depth;
  for (int32_t ky = 0; ky < w.height; ky++, row += rowValues) {
    if (ky < rows.first || ky >= rows.end || columns.end <= columns.first) {
      fillValues(row, nothing, rowValues);
      continue;
    }
    const uint32_t inRow = static_cast<uint32_t>(rows.at + (ky - rows.first) * w.dilationY) * w.inWidth;
    const T* in = image + static_cast<size_t>(inRow + static_cast<uint32_t>(columns.at)) * pixel;
    const uint32_t seen = static_cast<uint32_t>(columns.end - columns.first) * depth;
    if (before != 0) fillValues(row, nothing, before);
    if (contiguous) {
      copyValues(row + before, in, seen);
    } else {
      for (uint32_t at = before; at < before + seen; at += depth, in += w.dilationX * pixel)
        copyValues(row + at, in, depth);
    }
    if (before + seen != rowValues) fillValues(row + before + seen, nothing, rowValues - before - seen);
  }
}

}  // namespace nn
}  // namespace dormouse

#endif
