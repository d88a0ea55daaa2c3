// Walks two tensors together with NumPy's broadcasting, for operators of two inputs.
#ifndef DORMOUSE_NN_KERNELS_BROADCAST_H
#define DORMOUSE_NN_KERNELS_BROADCAST_H

#include <stddef.h>
#include <stdint.h>

#include "../rank.h"

namespace dormouse {
namespace nn {

struct Broadcast {
  uint8_t rank;                   // at least 1
  uint32_t dims[kMaxRank];        // of the output
  uint32_t firstSteps[kMaxRank];  // how far one step along each dimension moves, 0 where an input is repeated
  uint32_t secondSteps[kMaxRank];
};

// output = function(params, first, second), in the output's order.
template <typename T, typename Params, T (*function)(const Params&, int32_t, int32_t)>
void walkTogether(const Broadcast& b, const Params& params, const T* first, const T* second, T* output) {
  uint32_t at[kMaxRank] = {0, 0, 0, 0, 0, 0};
  const uint32_t inner = b.rank - 1u;
  const uint32_t run = b.dims[inner];
  for (;;) {
    const T* x = first;
    const T* y = second;
    for (const T* const end = output + run; output != end; output++) {
      *output = function(params, *x, *y);
      x += b.firstSteps[inner];
      y += b.secondSteps[inner];
    }
    uint32_t d = inner;
    for (;;) {
      if (d == 0) return;
      d--;
      first += b.firstSteps[d];
      second += b.secondSteps[d];
      if (++at[d] < b.dims[d]) break;
      first -= static_cast<size_t>(b.firstSteps[d]) * b.dims[d];
      second -= static_cast<size_t>(b.secondSteps[d]) * b.dims[d];
      at[d] = 0;
    }
  }
}

}  // namespace nn
}  // namespace dormouse

#endif
