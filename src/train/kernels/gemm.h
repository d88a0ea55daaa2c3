// Matrix multiplication, the heart of every dense and convolution layer, forward and backward.
#pragma once
#include <stdint.h>

namespace dormouse {
namespace train {

// c[m][n] = activation(sum over k of a[m][k] * b[k][n], plus bias[n]), or with `accumulate` added to what is
// in c. Strides are in values. One of aRow, aCol must be 1. Rows of a may overlap (a convolution read in
// place). For each element the products are added in the order of k in float32, whatever the sizes, so
// splitting the rows between threads changes no bit. b, c and bias may be read (never written) up to 7 values
// past a row's end: every buffer has that much slack.
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
};

// Values of scratch that gemm() wants for packing: kGemmDepth * 8.
enum : int32_t { kGemmDepth = 256, kGemmScratch = kGemmDepth * 8 };

void gemm(const Gemm& job, float* pack);

// out[c][r] = in[r][c], `in` with rows of inRow values.
void transpose(const float* in, int32_t rows, int32_t columns, int32_t inRow, float* out);

}  // namespace train
}  // namespace dormouse
