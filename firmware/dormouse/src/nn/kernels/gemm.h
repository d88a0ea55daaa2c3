// Rows of int8 input times rows of int8 weights, to int8: what convolutions and dense layers come down to.
// One interface over forms for several processors, chosen at compile time; all give the same bits. The inner
// loops work on four rows of input at once, widened beforehand with the input's offset added (a "patch").
#ifndef DORMOUSE_NN_KERNELS_GEMM_H
#define DORMOUSE_NN_KERNELS_GEMM_H

#include "requantize.h"

namespace dormouse {
namespace nn {

struct Gemm {
  uint32_t depth;      // of a row
  uint32_t channels;   // rows of weights
  uint32_t outStride;  // from one row of output to the next
  int16_t inputOffset;
  Requantization requantization;
};

enum { kLanes = 4 };

// Scratch for a patch; 4-aligned.
uint32_t patchBytes(const Gemm& gemm);
// Puts a row into a patch's lane, 0 to kLanes - 1. Reads `depth` bytes, no more.
void fillLane(const Gemm& gemm, void* patch, uint32_t lane, const int8_t* row);
// kLanes rows of output from a full patch. weights: [channels][depth]; bias may be null. `first` is the
// number of the first channel, for bias and requantization.
void multiplyPatch(const Gemm& gemm, const void* patch, const int8_t* weights, const int32_t* bias,
                   uint32_t first, int8_t* output);
// Sums of products of a row with the next rows of weights, without a bias; returns of how many, 1 to 4 and no
// more than `left`, which is not 0.
uint32_t sumRows(const Gemm& gemm, const int8_t* row, const int8_t* weights, uint32_t left, uint32_t* sums);
// One row of output. `common` is added to every sum.
void multiplyRow(const Gemm& gemm, const int8_t* row, const int8_t* weights, const int32_t* bias,
                 uint32_t first, uint32_t common, int8_t* output);

}  // namespace nn
}  // namespace dormouse

#endif
