// Wavelet features of one axis: a signal taken apart into halves of the spectrum, level by level, and what
// can be said of each half. Inside the DSP folder only; spectral.h says where it stands.
//
// Each level turns n values into floor((n + length - 1) / 2) low and as many high ones: out[i] = sum over j
// of filter[j] * x[2 i + 1 - j], the signal mirrored at both ends (its first and last value repeated). The
// next level takes the low ones. Bands in the order of features: the low one of the last level, then the high
// ones from the last level to the first. Of each band, kWaveletFeatures values:
//   entropy     -sum p ln p of a histogram of 100 bins between the smallest and the largest value (0 if they
//   are one) zcross      how often "above 0" changes from one value to the next, / n;  mcross  the same for
//   "above the mean" n5 n25 n75 n95 median   of the sorted values number floor(((n - 1) percent + 50) / 100),
//   from 0 mean, std (by n), var (by n - 1), rms, skewness, kurtosis (statistics.h)
// After the wavelet analysis of Edge Impulse's block (its definitions, not its code).
#ifndef DORMOUSE_DSP_WAVELET_H
#define DORMOUSE_DSP_WAVELET_H

#include <stdint.h>

namespace dormouse {
namespace dsp {

static const uint32_t kWaveletFeatures = 14;
static const uint32_t kMaxWaveletLevel = 7;

// The shortest signal that a level is taken for.
inline uint32_t waveletMinimum(uint32_t level) { return 32u << level; }
// How many floats of work memory a signal of n values takes.
uint32_t waveletWork(uint32_t n);
// signal: n values, at least waveletMinimum(level); destroyed. features: (level + 1) * kWaveletFeatures.
void waveletRun(uint32_t wavelet, uint32_t level, float* signal, uint32_t n, float* work, float* features);

}  // namespace dsp
}  // namespace dormouse

#endif
