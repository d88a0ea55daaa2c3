// Flatten: up to seven statistics of each axis over the whole window. For slow signals (temperature,
// pressure) and as the smallest possible block. Inside the DSP folder only.
//
// params: scale-axes (every value is multiplied by it), then seven switches, 0 or 1, at least one of them 1:
// average, minimum, maximum, rms, stdev, skewness, kurtosis.
// Features: axis by axis, the chosen statistics in that order. stdev divides by n; skewness is m3 / m2^1.5,
// kurtosis m4 / m2^2 - 3; both are 0 for a constant axis. Needs no scratch memory.
#ifndef DORMOUSE_DSP_FLATTEN_H
#define DORMOUSE_DSP_FLATTEN_H

#include "dsp.h"

namespace dormouse {
namespace dsp {

Status flattenCount(const float* params, const Shape& shape, uint32_t* count);
void flattenRun(const float* params, const Shape& shape, const float* window, float* features);

}  // namespace dsp
}  // namespace dormouse

#endif
