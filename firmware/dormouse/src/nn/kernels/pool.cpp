#include "pool.h"

#include "../fixed_point.h"

namespace dormouse {
namespace nn {

namespace {
template <typename T>
int32_t largestOf(const T* corner, const Window& w, int32_t rows, int32_t columns) {
  int32_t largest = *corner;
  for (int32_t y = 0; y < rows; y++) {
    const T* in = corner + static_cast<size_t>(y) * w.inWidth * w.inChannels;
    for (int32_t x = 0; x < columns; x++, in += w.inChannels) {
      if (*in > largest) largest = *in;
    }
  }
  return largest;
}

template <typename T>
int32_t meanOf(const T* corner, const Window& w, int32_t rows, int32_t columns) {
  int32_t sum = 0;
  for (int32_t y = 0; y < rows; y++) {
    const T* in = corner + static_cast<size_t>(y) * w.inWidth * w.inChannels;
    for (int32_t x = 0; x < columns; x++, in += w.inChannels) sum += *in;
  }
  const int32_t count = rows * columns;
  return sum > 0 ? (sum + count / 2) / count : (sum - count / 2) / count;
}

template <typename T, int32_t (*reduce)(const T*, const Window&, int32_t, int32_t)>
void pool(const PoolParams& params, const T* input, T* output) {
  const Window& w = params.window;
  const size_t imageValues = static_cast<size_t>(w.inHeight) * w.inWidth * w.inChannels;
  for (uint32_t batch = 0; batch < w.batches; batch++, input += imageValues) {
    for (int32_t y = 0; y < w.outHeight; y++) {
      const Span rows = spanOf(y * w.strideY - w.padTop, w.height, 1, w.inHeight);
      for (int32_t x = 0; x < w.outWidth; x++) {
        const Span columns = spanOf(x * w.strideX - w.padLeft, w.width, 1, w.inWidth);
        const size_t pixel = static_cast<size_t>(rows.at) * w.inWidth + static_cast<size_t>(columns.at);
        const T* const corner = input + pixel * w.inChannels;
        for (uint32_t c = 0; c < w.inChannels; c++) {
          const int32_t value = reduce(corner + c, w, rows.end - rows.first, columns.end - columns.first);
          *output++ = static_cast<T>(clamp(value, params.low, params.high));
        }
      }
    }
  }
}
}  // namespace

void maxPool(const PoolParams& params, const int8_t* input, int8_t* output) {
  pool<int8_t, largestOf<int8_t>>(params, input, output);
}

void averagePool(const PoolParams& params, const int8_t* input, int8_t* output) {
  pool<int8_t, meanOf<int8_t>>(params, input, output);
}

void maxPool16(const PoolParams& params, const int16_t* input, int16_t* output) {
  pool<int16_t, largestOf<int16_t>>(params, input, output);
}

void averagePool16(const PoolParams& params, const int16_t* input, int16_t* output) {
  pool<int16_t, meanOf<int16_t>>(params, input, output);
}

uint32_t poolScratchBytes(const PoolParams&) { return 0; }

}  // namespace nn
}  // namespace dormouse
