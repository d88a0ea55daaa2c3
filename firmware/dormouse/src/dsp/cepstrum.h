// The end of the MFCC block: cosine transform of a row of logarithms, and the sliding normalisation of a
// window's rows. Inside the DSP folder only; the definitions are in sound.h.
#ifndef DORMOUSE_DSP_CEPSTRUM_H
#define DORMOUSE_DSP_CEPSTRUM_H

#include <stdint.h>

namespace dormouse {
namespace dsp {

// Half of each row of the transform; the other half is the same, mirrored.
inline uint32_t cosineCount(uint32_t coefficients, uint32_t filters) {
  return (coefficients - 1) * ((filters + 1) / 2);
}
void fillCosines(uint32_t coefficients, uint32_t filters, int32_t* cosines);

// logs: base 2, Q16, at most 2^22 in magnitude; overwritten. row: coefficients 1 and up of the natural
// logarithms' DCT, Q14; row[0] is left alone.
void cepstrum(uint32_t coefficients, uint32_t filters, const int32_t* cosines, int32_t* logs, int32_t* row);
// Natural logarithm, Q14, of a logarithm to base 2, Q16.
int32_t naturalQ14(int32_t log);

// rows: Q14, `count` of them going round from place `first` on. work: 2 * count words.
void normaliseCepstra(const int32_t* rows, uint32_t count, uint32_t coefficients, uint32_t first,
                      uint32_t window, int32_t* work, float* out);

}  // namespace dsp
}  // namespace dormouse

#endif
