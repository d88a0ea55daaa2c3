#include "pool.h"

#include "../fixed_point.h"

namespace dormouse {
namespace nn {

namespace {
int32_t largestOf(const int8_t* corner, const Window& w, int32_t rows, int32_t columns) {
  int32_t largest = -128;
  for (int32_t y = 0; y < rows; y++) {
    const int8_t* in = corner + static_cast<size_t>(y) * w.inWidth * w.inChannels;
    for (int32_t x = 0; x < columns; x++, in += w.inChannels) {
      if (*in > largest) largest = *in;
    }
  }
  return largest;
}

int32_t meanOf(const int8_t* corner, const Window& w, int32_t rows, int32_t columns) {
  int32_t sum = 0;
  for (int32_t y = 0; y < rows; y++) {
    const int8_t* in = corner + static_cast<size_t>(y) * w.inWidth * w.inChannels;
    for (int32_t x = 0; x < columns; x++, in += w.inChannels) sum += *in;
  }
  const int32_t count = rows * columns;
  return sum > 0 ? (sum + count / 2) / count : (sum - count / 2) / count;
}

template <int32_t (*reduce)(const int8_t*, const Window&, int32_t, int32_t)>
void pool(const PoolParams& params, const int8_t* input, int8_t* output) {
  const Window& w = params.window;
  const size_t imageBytes = static_cast<size_t>(w.inHeight) * w.inWidth * w.inChannels;
  for (uint32_t batch = 0; batch < w.batches; batch++, input += imageBytes) {
    for (int32_t y = 0; y < w.outHeight; y++) {
      const Span rows = spanOf(y * w.strideY - w.padTop, w.height, 1, w.inHeight);
      for (int32_t x = 0; x < w.outWidth; x++) {
        const Span columns = spanOf(x * w.strideX - w.padLeft, w.width, 1, w.inWidth);
        const size_t pixel = static_cast<size_t>(rows.at) * w.inWidth + static_cast<size_t>(columns.at);
        const int8_t* const corner = input + pixel * w.inChannels;
        for (uint32_t c = 0; c < w.inChannels; c++) {
          const int32_t value = reduce(corner + c, w, rows.end - rows.first, columns.end - columns.first);
          *output++ = static_cast<int8_t>(clamp(value, params.low, params.high));
        }
      }
    }
  }
}
}  // namespace

void maxPool(const PoolParams& params, const int8_t* input, int8_t* output) {
  pool<largestOf>(params, input, output);
}

void averagePool(const PoolParams& params, const int8_t* input, int8_t* output) {
  pool<meanOf>(params, input, output);
}

uint32_t poolScratchBytes(const PoolParams&) { return 0; }

}  // namespace nn
}  // namespace dormouse
