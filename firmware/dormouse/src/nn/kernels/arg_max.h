// Where along one dimension of an int8 tensor the largest value stands, the first of equals.
#ifndef DORMOUSE_NN_KERNELS_ARG_MAX_H
#define DORMOUSE_NN_KERNELS_ARG_MAX_H

#include <stddef.h>
#include <stdint.h>

namespace dormouse {
namespace nn {

// The input is [outer][along][inner].
struct ArgMaxParams {
  uint32_t outer;
  uint32_t along;
  uint32_t inner;
};

void argMax(const ArgMaxParams& params, const int8_t* input, int32_t* output);

}  // namespace nn
}  // namespace dormouse

#endif
