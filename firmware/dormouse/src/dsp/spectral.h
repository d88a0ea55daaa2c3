// Spectral analysis: how strongly an axis moves and at which frequencies. The block of choice for motion and
// vibration. Inside the DSP folder only.
//
// params: 0 scale-axes; 1 input-decimation-ratio: 1, 3, 10, 30, 100 or 1000; 2 filter-type: 0 none, 1 low, 2
// high; 3 filter-cutoff in Hz; 4 filter-order: 0, 2, 4, 6 or 8 (0: no filtering, only the bins are chosen); 5
// fft-length: a power of two, 4 to 4096; 6 do-log: 0 or 1; 7 do-fft-overlap: 0 or 1; 8 analysis: 0 Fourier, 1
// wavelet; 9 wavelet: a number of wavelet_tables.h; 10 wavelet-level: 1 to 7; 11 extra-low-freq: 0 or 1.
//
// Per axis: every value times scale-axes; decimated (1 in 30: by 3, then by 10; filter.h);
// Butterworth-filtered; the mean taken away. Then with wavelets the features of wavelet.h; the signal must
// have 32 * 2^level values. Otherwise, axis by axis:
//   RMS, Skewness, Kurtosis of that signal (statistics.h);
//   Spectral Skewness, Spectral Kurtosis of the fft-length/2 + 1 powers, bin 0 and linear scale included;
//   Spectral Power of the bins from 1 on: power = |X|^2 / fft-length, the largest over all segments of
//   fft-length values (the last padded with zeros; segments overlap by half with do-fft-overlap), no window
//   function; with do-log as log10(max(power, 1e-10)).
// Which bins: all of 1 .. fft-length/2 without a filter; with a low pass those up to floor(c + 0.5) where
// c = min(cutoff, rate / 2) * fft-length / rate, at least bin 1; with a high pass those from max(1, floor(c -
// 0.5) + 1) on (bins that the filter empties tell nothing). With extra-low-freq the same again, behind all
// axes, of each axis' signal decimated by 10 once more and freed of its mean; that signal must have
// fft-length / 2 values.
//
// After Edge Impulse's spectral analysis block, version 4 (its definitions, not its code), so that its users
// find their numbers again; the difference is the floor of the logarithm (there only zeros are lifted).
#ifndef DORMOUSE_DSP_SPECTRAL_H
#define DORMOUSE_DSP_SPECTRAL_H

#include "dsp.h"

namespace dormouse {
namespace dsp {

Status spectralCount(const float* params, const Shape& shape, uint32_t* count);
// One axis of the window, and the FFT's n values, n/2 + 1 powers and a quarter wave of n/4 + 1; or half of
// the decimated axis for wavelets.
Status spectralScratch(const float* params, const Shape& shape, uint32_t* bytes);
void spectralRun(const float* params, const Shape& shape, const float* window, float* features,
                 float* scratch);

}  // namespace dsp
}  // namespace dormouse

#endif
