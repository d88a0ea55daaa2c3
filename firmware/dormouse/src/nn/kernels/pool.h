// Maximum and average over a sliding window, channel by channel; padding takes no part.
#ifndef DORMOUSE_NN_KERNELS_POOL_H
#define DORMOUSE_NN_KERNELS_POOL_H

#include "window.h"

namespace dormouse {
namespace nn {

struct PoolParams {
  Window window;
  int16_t low;
  int16_t high;
};

void maxPool(const PoolParams& params, const int8_t* input, int8_t* output);
// The mean of what lies under the window, halves away from zero.
void averagePool(const PoolParams& params, const int8_t* input, int8_t* output);
void maxPool16(const PoolParams& params, const int16_t* input, int16_t* output);
void averagePool16(const PoolParams& params, const int16_t* input, int16_t* output);
uint32_t poolScratchBytes(const PoolParams& params);

}  // namespace nn
}  // namespace dormouse

#endif
