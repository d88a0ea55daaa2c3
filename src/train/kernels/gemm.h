// Matrix multiplication, the heart of every dense and convolution layer, forward and backward.
#pragma once
#include <stdint.h>

namespace dormouse {
namespace train {

// c[m][n] = activation(sum over k of a[m][k] * b[k][n], plus bias[n]), or with `accumulate` added to what is
// in c. Strides are in values. aCol must be 1, or with `across` aRow. Rows of a may overlap (the windows of a
// convolution, read in place). For each element the products are added in the order of k in float32, whatever
// the sizes, so splitting the rows between threads changes no bit. a, b, c and bias may be read (never
// written) up to 7 values past a row's end: every buffer has that much slack.
struct Gemm {
  int32_t m, n, k;
  const float* a;
  int32_t aRow, aCol;
  const float* b;
  int32_t bRow;
  float* c;
  int32_t cRow;
  bool accumulate;
  const float* bias;
  int32_t activation;
  // a is read across: its rows lie side by side, as for weight gradients.
  bool across = false;
  // Windows of an image: along the positions (m, or k if read across) a new line begins after `perLine`, at
  // aLine (cLine for the rows of c) from the last one's begin. 0 = all in one line.
  int32_t perLine = 0, aLine = 0, cLine = 0;
  // The values of a window (the other index) come in segments of `segment`, at aSegment from begin to begin.
  int32_t segment = 0, aSegment = 0;
  // b stands turned in memory: b[k][n] is at n * bRow + k.
  bool turned = false;
  // b as packMatrix() laid it out; else null. Not if read across.
  const float* packed = nullptr;
};

// Scratch of gemm(), in values: a block of b, and tiles of a. Where `segment` is set and a is not read
// across, windows are taken whole, and the scratch must be larger by 4 k.
enum : int32_t {
  kGemmDepth = 256,
  kGemmColumns = 256,
  kTilesOfA = 4096,
  kGemmScratch = kGemmDepth * kGemmColumns + kTilesOfA
};

void gemm(const Gemm& job, float* pack);

// Lays b of a product out for gemm(), once for several of them. Takes packedSizeOf(k, n) values.
void packMatrix(const Gemm& job, float* out);
inline int32_t packedSizeOf(int32_t k, int32_t n) { return k * ((n + 7) / 8 * 8); }

// sums[c] = sum over the rows of values[row][c].
void sumRows(const float* values, int32_t rows, int32_t columns, float* sums);

}  // namespace train
}  // namespace dormouse
