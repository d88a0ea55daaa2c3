// Spectrogram, MFE and MFCC: rows of features of one axis of 16-bit sound, one row per frame. Definitions
// after Edge Impulse's blocks, version 4 (its definitions, not its code), so that its users find their
// numbers again; where they differ is said below. Inside the DSP folder only.
//
// Counts. Each value times scale-axes, rounded to the nearest whole number, halves away from zero, and kept
// within -32768 .. 32767: all that follows is a function of these counts.
//
// Frames. length = frame-length * rate samples, stride = frame-stride * rate samples; a product less than
// 0.001 above a whole number is that number, anything else is rounded up; both are at least 4. A window of n
// samples has (n - length) / stride + 1 frames, rounded down, 1 to 500. Of each frame the first fft-length
// samples are used; a shorter one is filled up with zeros. A row depends on its own frame's samples and on
// nothing else.
//
// Power. P[k] = |X[k]|^2 / fft-length for k = 0 .. fft-length/2; X is the discrete Fourier transform without
// a window function, fft-length a power of two, 16 to 4096.
//
// Pre-emphasis (MFE: coefficient 0.98, shift 1; MFCC: pre-cof 0 to 1, pre-shift 1 to 64; spectrogram: none).
// y[i] = x[i] - c * x[i - shift]; where the frame has no such sample, its first one stands in. c is rounded
// to multiples of 1/32768. (The field takes the window's last samples there, and filters across frames.)
//
// Mel filters. num-filters (2 to 128) triangles; their num-filters + 2 corners lie at equal steps of
// 1127 ln(1 + f/700) from low-frequency to high-frequency (0 = rate/2), each at the bin
// floor((fft-length + 1) * f / rate), the last with f - 0.001. Filter j rises from 0 at corner j to 1 at
// corner j + 1 and falls to 0 at corner j + 2. One without any bin is refused.
//
// Spectrogram, fft-length/2 + 1 features per row: d = 10 log10(P / 2^30), with samples taken as within -1 ..
// 1; max(0, (d - floor) / (12 - floor)), floor = noise-floor-db (-100 to 0), in steps of 1/16384.
//
// MFE, num-filters features per row: d = 10 log10(E / 2^30) of the energy E in each filter;
// (d - floor) / (12 - floor), kept within 0 .. 255/256, in steps of 1/256.
//
// MFCC, num-cepstral (1 to num-filters) features per row: c = the orthonormal DCT-II of ln(max(E, 2^-8)) over
// all filters, its first num-cepstral values; the first is replaced by ln(max(sum of P, 2^-8)). (The field
// takes 1e-10 where there is no energy at all: 2^-8 is less than whole counts can tell from silence.) With
// win-size (odd, 1 to 501; 0 = none): a[i] = c[i] - the mean of c over the win-size rows around i, then a[i]
// / max(s, 1/16), s = the standard deviation of a over as many rows (divided by win-size); beyond the
// window's ends rows are mirrored, the outermost repeated.
//
// Arithmetic: whole numbers, until the last division of the MFCC. Within 1e-3 of the definition computed in
// float64 for anything that 16-bit samples can hold apart from bins whose power is more than 120 dB below the
// frame's.
#ifndef DORMOUSE_DSP_SOUND_H
#define DORMOUSE_DSP_SOUND_H

#include "dsp.h"

namespace dormouse {
namespace dsp {

static const uint32_t kMaxSoundRows = 500;

inline bool isSound(uint16_t kind) { return kind == kSpectrogram || kind == kMfe || kind == kMfcc; }

// A sound block's parameters, read: lengths in samples, counts of features.
struct SoundPlan {
  uint16_t kind;
  uint16_t rows;     // of a window
  uint16_t bins;     // features of a row
  uint16_t fft;      // power of two
  uint16_t used;     // samples of a frame that are looked at: at most fft
  uint16_t filters;  // 0: spectrogram
  uint16_t normal;   // win-size
  uint16_t shift;    // of the pre-emphasis
  int32_t emphasis;  // in 1/32768; 0: none
  uint32_t length;
  uint32_t stride;
  float scale;
  float lowHz;
  float highHz;
  float rateHz;
  float floorDb;
};

// kBadParameter unless the block is one of the three, the window has one axis and everything fits.
Status readSoundPlan(uint16_t kind, const float* params, const Shape& shape, SoundPlan* plan);

Status soundCount(uint16_t kind, const float* params, const Shape& shape, uint32_t* count);
Status soundScratch(uint16_t kind, const float* params, const Shape& shape, uint32_t* bytes);
void soundRun(uint16_t kind, const float* params, const Shape& shape, const float* window, float* features,
              void* scratch);

}  // namespace dsp
}  // namespace dormouse

#endif
