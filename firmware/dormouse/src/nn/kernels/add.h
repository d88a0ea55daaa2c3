// Sum of two int8 tensors of different scales, with NumPy's broadcasting.
#ifndef DORMOUSE_NN_KERNELS_ADD_H
#define DORMOUSE_NN_KERNELS_ADD_H

#include "../fixed_point.h"
#include "../graph.h"

namespace dormouse {
namespace nn {

struct AddParams {
  Multiplier first;
  Multiplier second;
  Multiplier sum;
  int16_t firstOffset;  // minus the zero points
  int16_t secondOffset;
  int16_t outputOffset;
  int16_t low;
  int16_t high;
  uint8_t rank;
  uint32_t dims[kMaxRank];        // of the output
  uint32_t firstSteps[kMaxRank];  // how far one step along each dimension moves, 0 where an input is repeated
  uint32_t secondSteps[kMaxRank];
};

void add(const AddParams& params, const int8_t* first, const int8_t* second, int8_t* output);
uint32_t addScratchBytes(const AddParams& params);

}  // namespace nn
}  // namespace dormouse

#endif
