// A singular value decomposition filter: int8 values in and out, products with features kept over some
// inferences and weighted by their age.
#ifndef DORMOUSE_NN_KERNELS_SVDF_H
#define DORMOUSE_NN_KERNELS_SVDF_H

#include "../fixed_point.h"

namespace dormouse {
namespace nn {

struct SvdfParams {
  uint32_t batches;
  uint32_t depth;  // of the input
  uint32_t filters;
  uint32_t rank;    // filters per output
  uint32_t memory;  // inferences that are kept
  Multiplier feature;
  Multiplier output;
  int16_t inputOffset;  // minus the zero point
  int16_t stateZeroPoint;
  int16_t outputZeroPoint;
};

// features: [filters][depth]; times: [filters][memory], of the state's type; bias: one per output, may be
// null; state: [batches][filters][memory], int16 or (wide: false) int8.
void svdf(const SvdfParams& params, bool wide, const int8_t* input, const int8_t* features, const void* times,
          const int32_t* bias, void* state, int8_t* output);

}  // namespace nn
}  // namespace dormouse

#endif
