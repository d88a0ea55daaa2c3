// Mel filters over a spectrum's powers, without weights: each stretch of bins between two corners is added up
// twice, as it is and times its distance from the stretch's beginning. Inside the DSP folder only; the
// definition is in sound.h.
#ifndef DORMOUSE_DSP_MEL_H
#define DORMOUSE_DSP_MEL_H

#include <stdint.h>

namespace dormouse {
namespace dsp {

struct MelBank {
  uint32_t filters;
  uint16_t* corners;      // filters + 2 bins, rising
  uint32_t* reciprocals;  // filters + 1: 2^32 / bins of each stretch, rounded down; not used where it has
                          // fewer than 2
};

// Bin of each of the filters + 2 corners. False where a filter has no bin at all.
bool melCorners(uint32_t filters, uint32_t fft, float lowHz, float highHz, float rateHz, uint16_t* corners);
void melReciprocals(MelBank* bank);

// Base-2 logarithms, Q16, of the energies in the filters; powers: as powersQ() leaves them, at most 2^63 in
// sum times bins.
void melLogs(const MelBank& bank, const int32_t* powers, int32_t* logs);

}  // namespace dsp
}  // namespace dormouse

#endif
