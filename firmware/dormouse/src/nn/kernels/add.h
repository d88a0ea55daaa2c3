// Sum and difference of two int8 tensors of different scales.
#ifndef DORMOUSE_NN_KERNELS_ADD_H
#define DORMOUSE_NN_KERNELS_ADD_H

#include "../fixed_point.h"
#include "broadcast.h"

namespace dormouse {
namespace nn {

struct AddParams {
  Broadcast shape;
  Multiplier first;
  Multiplier second;
  Multiplier sum;
  int16_t firstOffset;  // minus the zero points
  int16_t secondOffset;
  int16_t outputOffset;
  int16_t low;
  int16_t high;
};

void add(const AddParams& params, const int8_t* first, const int8_t* second, int8_t* output);
void subtract(const AddParams& params, const int8_t* first, const int8_t* second, int8_t* output);

}  // namespace nn
}  // namespace dormouse

#endif
