#include "window.h"

namespace dormouse {
namespace nn {

namespace {
int32_t within(int32_t x, int32_t limit) { return x < 0 ? 0 : (x > limit ? limit : x); }

int32_t firstInside(uint16_t padding, uint16_t stride) { return (padding + stride - 1) / stride; }

// The first byte of the input that the place (y, x) or one after it reads.
int32_t firstRead(const Window& w, int32_t y, int32_t x) {
  const int32_t row = w.inWidth * w.inChannels;
  const int32_t column = within(x * w.strideX - w.padLeft, w.inWidth) * w.inChannels;
  const int32_t here = within(y * w.strideY - w.padTop, w.inHeight) * row + column;
  const int32_t next = within((y + 1) * w.strideY - w.padTop, w.inHeight) * row;
  return y + 1 < w.outHeight && next < here ? next : here;
}
}  // namespace

// What is written less what is done with is made of straight pieces in y and x: it is largest at one of their
// ends.
uint32_t leadOf(const Window& w, uint32_t ahead) {
  const int32_t lastY = w.outHeight - 1;
  const int32_t lastX = w.outWidth - 1;
  const int32_t insideY = firstInside(w.padTop, w.strideY);
  const int32_t insideX = firstInside(w.padLeft, w.strideX);
  const int32_t ys[] = {0, within(insideY - 1, lastY), within(insideY, lastY), within(lastY - 1, lastY),
                        lastY};
  const int32_t xs[] = {0, within(insideX - 1, lastX), within(insideX, lastX), lastX};
  int32_t lead = 0;
  for (const int32_t y : ys) {
    for (const int32_t x : xs) {
      const int32_t written = (y * w.outWidth + x + static_cast<int32_t>(ahead)) * w.outChannels;
      const int32_t needed = written - firstRead(w, y, x);
      if (needed > lead) lead = needed;
    }
  }
  return static_cast<uint32_t>(lead);
}

}  // namespace nn
}  // namespace dormouse
