// Product of two tensors, and the larger or smaller of two: int8, or int16 without zero points.
#ifndef DORMOUSE_NN_KERNELS_MULTIPLY_H
#define DORMOUSE_NN_KERNELS_MULTIPLY_H

#include "../fixed_point.h"
#include "broadcast.h"

namespace dormouse {
namespace nn {

struct MultiplyParams {
  Broadcast shape;
  Multiplier product;
  int16_t firstOffset;  // minus the zero points
  int16_t secondOffset;
  int16_t outputOffset;
  int16_t low;
  int16_t high;
};

void multiplyTensors(const MultiplyParams& params, const int8_t* first, const int8_t* second, int8_t* output);
void largerOf(const Broadcast& shape, const int8_t* first, const int8_t* second, int8_t* output);
void smallerOf(const Broadcast& shape, const int8_t* first, const int8_t* second, int8_t* output);
void multiplyTensors16(const MultiplyParams& params, const int16_t* first, const int16_t* second,
                       int16_t* output);
void largerOf16(const Broadcast& shape, const int16_t* first, const int16_t* second, int16_t* output);
void smallerOf16(const Broadcast& shape, const int16_t* first, const int16_t* second, int16_t* output);

}  // namespace nn
}  // namespace dormouse

#endif
