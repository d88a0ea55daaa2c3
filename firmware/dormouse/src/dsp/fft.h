// Power spectrum of real numbers by a radix-2 FFT of half the length. Inside the DSP folder only.
#ifndef DORMOUSE_DSP_FFT_H
#define DORMOUSE_DSP_FFT_H

#include <stdint.h>

namespace dormouse {
namespace dsp {

static const uint32_t kMinFft = 4;
static const uint32_t kMaxFft = 4096;

// quarter: n / 4 + 1 floats, filled with cos(2 pi k / n). n: a power of two, kMinFft to kMaxFft.
void fillQuarterWave(uint32_t n, float* quarter);

// In place. data: n real numbers in; out: the n / 2 complex numbers of the spectrum's bins 0 to n/2 - 1, re
// and im in turn, except that data[1] holds the real bin n/2 (bin 0 is real too).
void realFft(uint32_t n, const float* quarter, float* data);

}  // namespace dsp
}  // namespace dormouse

#endif
