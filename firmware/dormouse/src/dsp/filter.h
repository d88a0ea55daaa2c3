// Butterworth low and high pass, and decimation, in place over one axis. Inside the DSP folder only.
#ifndef DORMOUSE_DSP_FILTER_H
#define DORMOUSE_DSP_FILTER_H

#include <stdint.h>

namespace dormouse {
namespace dsp {

enum FilterKind { kNoFilter = 0, kLowPass = 1, kHighPass = 2 };

// Butterworth of an even order (2 to 8) by the bilinear transform, started at rest. Each pair of poles is a
// trapezoidal state variable section, which stays accurate in float32 at cutoffs far below the rate where a
// direct form does not. cutoff: as a fraction of the rate, above 0 and below 0.5.
void butterworth(FilterKind kind, uint32_t order, float cutoff, float* values, uint32_t n);

// Keeps every ratio-th value (3 or 10) after a Chebyshev low pass of the first kind: order 8, 0.05 dB of
// ripple up to 0.4 of the new rate (so what stands still loses 0.05 dB, as in the field); started as if the
// first value had always been there. Returns how many are left: ceil(n / ratio).
uint32_t decimate(uint32_t ratio, float* values, uint32_t n);

}  // namespace dsp
}  // namespace dormouse

#endif
