// Sum and difference of two tensors of different scales: int8, or int16 without zero points.
#ifndef DORMOUSE_NN_KERNELS_ADD_H
#define DORMOUSE_NN_KERNELS_ADD_H

#include "../fixed_point.h"
#include "broadcast.h"

namespace dormouse {
namespace nn {

// Bits by which values are shifted up: int8, int16.
enum { kAddHeadroom = 20, kAddHeadroom16 = 15 };

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
void add16(const AddParams& params, const int16_t* first, const int16_t* second, int16_t* output);
void subtract16(const AddParams& params, const int16_t* first, const int16_t* second, int16_t* output);

}  // namespace nn
}  // namespace dormouse

#endif
