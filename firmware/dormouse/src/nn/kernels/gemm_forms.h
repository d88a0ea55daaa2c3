// The forms for particular processors behind gemm.h, where there is one (DORMOUSE_NN_GEMM_FORM).
#ifndef DORMOUSE_NN_KERNELS_GEMM_FORMS_H
#define DORMOUSE_NN_KERNELS_GEMM_FORMS_H

#include "gemm.h"

#if defined(DORMOUSE_NN_ARM_DSP) || defined(DORMOUSE_NN_ARM_SMALL) || defined(__wasm_simd128__)
#define DORMOUSE_NN_GEMM_FORM 1
#endif

namespace dormouse {
namespace nn {

#if defined(DORMOUSE_NN_ARM_DSP)
inline bool hasPatchForm(const Gemm& gemm) { return gemm.depth >= 4 && gemm.requantization.quick; }
inline bool hasRowForm(const Gemm& gemm) { return gemm.depth >= 4; }
#else
inline bool hasPatchForm(const Gemm&) { return true; }
inline bool hasRowForm(const Gemm&) { return true; }
#endif
// Its patches have an order of their own.
#if defined(DORMOUSE_NN_ARM_DSP) || defined(__wasm_simd128__)
#define DORMOUSE_NN_FILL_FORM 1
#endif

void fillLaneForm(const Gemm& gemm, void* patch, uint32_t lane, const int8_t* row);
void multiplyPatchForm(const Gemm& gemm, const void* patch, const int8_t* weights, const int32_t* bias,
                       uint32_t first, int8_t* output);
// sums[i] = sum of (row + offset) * weights of row i, for 1, 2 or 4 rows of weights.
void dotRows(const Gemm& gemm, const int8_t* row, const int8_t* weights, uint32_t count, uint32_t* sums);

}  // namespace nn
}  // namespace dormouse

#endif
