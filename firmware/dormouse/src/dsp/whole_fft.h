// Power spectrum of whole numbers by a radix-2 FFT of half the length, for sound. Inside the DSP folder only.
#ifndef DORMOUSE_DSP_WHOLE_FFT_H
#define DORMOUSE_DSP_WHOLE_FFT_H

#include <stdint.h>

namespace dormouse {
namespace dsp {

// quarter: n / 4 + 1 numbers, filled with cos(2 pi k / n), Q31.
void fillQuarterWaveQ31(uint32_t n, int32_t* quarter);

// Places of the pairs of samples (0, 1), (2, 3) .. in the FFT's input: bit-reversed.
class PairOrder {
 public:
  explicit PairOrder(uint32_t n) : half_(n / 4), place_(0) {}
  // Where the next pair goes: its first sample to data[2 * place], its second behind it.
  uint32_t next() {
    const uint32_t place = place_;
    uint32_t bit = half_;
    while ((place_ & bit) != 0) {
      place_ ^= bit;
      bit >>= 1;
    }
    place_ |= bit;
    return place;
  }

 private:
  uint32_t half_;
  uint32_t place_;
};

// In place. data: n + 2 words; n of them samples in PairOrder, times 2^shift (negative: divided) below 2^28
// in magnitude. Out: n / 2 + 1 powers of 64 bits, low word first: |X[k] * 2^(shift + 2) / n|^2 / 2^drop. Each
// stage halves its numbers, rounding down: what they lose is less than 2 in X / n.
void powersQ(uint32_t n, const int32_t* quarter, int32_t shift, uint32_t drop, int32_t* data);

inline uint64_t powerAt(const int32_t* powers, uint32_t bin) {
  return (static_cast<uint64_t>(static_cast<uint32_t>(powers[2 * bin + 1])) << 32) |
         static_cast<uint32_t>(powers[2 * bin]);
}

}  // namespace dsp
}  // namespace dormouse

#endif
