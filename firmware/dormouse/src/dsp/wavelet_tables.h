// The wavelets' filters, kept once each: an orthogonal wavelet by one filter of its four, a symmetric one by
// half of two. Inside the DSP folder only.
//
// Numbers: 0 haar; 1 to 9 db2 to db10; 10 to 18 sym2 to sym10; 19 to 21 coif1 to coif3; 22 to 35
// bior1.3 1.5 2.2 2.4 2.6 2.8 3.1 3.3 3.5 3.7 3.9 4.4 5.5 6.8; 36 to 49 rbio of the same. Names, orientation
// and zeros at the ends are those of PyWavelets, which the field counts by. The constants are published: I.
// Daubechies, Ten Lectures on Wavelets (SIAM, 1992), chapters 6 and 8, and A. Cohen, I. Daubechies, J.-C.
// Feauveau, Biorthogonal bases of compactly supported wavelets (1992); a test compares every
// one with PyWavelets.
#ifndef DORMOUSE_DSP_WAVELET_TABLES_H
#define DORMOUSE_DSP_WAVELET_TABLES_H

#include <stdint.h>

namespace dormouse {
namespace dsp {

static const uint32_t kWavelets = 50;
static const uint32_t kMaxWaveletLength = 20;

// The filters that take a signal apart into low and high, kMaxWaveletLength floats each. Returns their
// length; 0 for an unknown number.
uint32_t waveletFilters(uint32_t wavelet, float* low, float* high);

}  // namespace dsp
}  // namespace dormouse

#endif
