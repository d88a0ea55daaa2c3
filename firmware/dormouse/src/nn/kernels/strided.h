// Copies elements whose places in the input lie on a grid, to the output one after the other: transposition
// and slices.
#ifndef DORMOUSE_NN_KERNELS_STRIDED_H
#define DORMOUSE_NN_KERNELS_STRIDED_H

#include <stddef.h>
#include <stdint.h>

#include "../rank.h"

namespace dormouse {
namespace nn {

struct StridedParams {
  uint8_t rank;  // at least 1
  uint8_t elementBytes;
  uint32_t first;           // where the first element lies in the input, in bytes
  uint32_t dims[kMaxRank];  // of the output
  int32_t steps[kMaxRank];  // how far one step along each dimension moves in the input, in bytes
};

// Joins dimensions that follow each other without a gap.
void simplify(StridedParams* params);
void copyStrided(const StridedParams& params, const uint8_t* input, uint8_t* output);

}  // namespace nn
}  // namespace dormouse

#endif
