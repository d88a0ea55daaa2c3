// Rows times rows in WebAssembly: eight multiplications an instruction.
#include "gemm_forms.h"

#if defined(__wasm_simd128__)

namespace dormouse {
namespace nn {

namespace {
// A patch is int16 [depth / 8, rounded up][kLanes][8].

typedef int8_t Bytes __attribute__((vector_size(8)));
typedef int16_t Halves __attribute__((vector_size(16)));
typedef int32_t Words __attribute__((vector_size(16)));

Halves widened(const int8_t* from) {
  Bytes bytes;
  __builtin_memcpy(&bytes, from, sizeof bytes);
  return __builtin_convertvector(bytes, Halves);
}

Halves spread(int16_t x) {
  const Halves all = {x, x, x, x, x, x, x, x};
  return all;
}

uint32_t sumOf(Words x) {
  return static_cast<uint32_t>(x[0]) + static_cast<uint32_t>(x[1]) + static_cast<uint32_t>(x[2]) +
         static_cast<uint32_t>(x[3]);
}

Words timesAndAdd(Words sums, Halves a, Halves b) { return sums + __builtin_wasm_dot_s_i32x4_i16x8(a, b); }

const Words kZero = {0, 0, 0, 0};
}  // namespace

void fillLaneForm(const Gemm& gemm, void* patch, uint32_t lane, const int8_t* row) {
  int16_t* to = static_cast<int16_t*>(patch) + 8 * lane;
  const Halves offset = spread(gemm.inputOffset);
  uint32_t i = 0;
  for (; i + 8 <= gemm.depth; i += 8, to += 8 * kLanes) {
    const Halves x = widened(row + i) + offset;
    __builtin_memcpy(to, &x, sizeof x);
  }
  for (; i < gemm.depth; i++) *to++ = static_cast<int16_t>(row[i] + gemm.inputOffset);
}

void multiplyPatchForm(const Gemm& gemm, const void* patch, const int8_t* weights, const int32_t* bias,
                       uint32_t first, int8_t* output) {
  const uint32_t stride = gemm.outStride;
  for (uint32_t c = 0; c < gemm.channels; c++, weights += gemm.depth) {
    const int16_t* x = static_cast<const int16_t*>(patch);
    Words sums[kLanes] = {kZero, kZero, kZero, kZero};
    uint32_t i = 0;
    for (; i + 8 <= gemm.depth; i += 8, x += 8 * kLanes) {
      const Halves w = widened(weights + i);
      for (uint32_t lane = 0; lane < kLanes; lane++) {
        Halves inputs;
        __builtin_memcpy(&inputs, x + 8 * lane, sizeof inputs);
        sums[lane] = timesAndAdd(sums[lane], inputs, w);
      }
    }
    const uint32_t start = bias == nullptr ? 0u : static_cast<uint32_t>(bias[first + c]);
    for (uint32_t lane = 0; lane < kLanes; lane++) {
      uint32_t sum = start + sumOf(sums[lane]);
      for (uint32_t k = i; k < gemm.depth; k++)
        sum += static_cast<uint32_t>(x[8 * lane + (k - i)] * weights[k]);
      output[lane * stride + c] = requantize(sum, gemm.requantization, first + c);
    }
  }
}

void dotRows(const Gemm& gemm, const int8_t* row, const int8_t* weights, uint32_t count, uint32_t* sums) {
  const Halves offset = spread(gemm.inputOffset);
  for (uint32_t r = 0; r < count; r++, weights += gemm.depth) {
    Words sum = kZero;
    uint32_t i = 0;
    for (; i + 8 <= gemm.depth; i += 8)
      sum = timesAndAdd(sum, widened(row + i) + offset, widened(weights + i));
    sums[r] = sumOf(sum);
    for (; i < gemm.depth; i++) sums[r] += static_cast<uint32_t>((row[i] + gemm.inputOffset) * weights[i]);
  }
}

}  // namespace nn
}  // namespace dormouse

#endif
