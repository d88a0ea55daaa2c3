/** Two stages, as pdm_filter.h says. */
#include "pdm_filter.h"

#include <string.h>

namespace dormouse {
namespace board {

/**
 * Half of a symmetrical low-pass of 64 taps for 64,000 values/s: a sinc of 7760 Hz under a Kaiser window of
 * beta 5.65, in 1/32768. -0.4 dB at 6.5 kHz, -64 dB from 10 kHz on.
 */
static const int16_t kLowPass[] = {-6,  -10, -8,   6,     27,    40,   29,   -12,  -68,  -102, -78,
                                   14,  136, 215,  176,   1,     -240, -406, -358, -54,  393,  734,
                                   706, 194, -647, -1396, -1519, -622, 1321, 3879, 6290, 7751};
static const uint32_t kAverageBits = 16;
static const uint32_t kAverages = 4;
// Speech at arm's length fills little of what a PDM microphone can hear: eight times as loud.
static const uint32_t kGainBits = 3;
static const uint32_t kLevelBits = 9;  // 5 Hz

void PdmFilter::begin() {
  // Four moving averages in a row, as one filter of 61 taps and three that are 0.
  int32_t taps[kBytes * 8] = {1};
  for (uint32_t stage = 0; stage < kAverages; stage++) {
    for (uint32_t tap = kBytes * 8; tap-- > 0;) {
      int32_t sum = 0;
      for (uint32_t back = 0; back < kAverageBits && back <= tap; back++) sum += taps[tap - back];
      taps[tap] = sum;
    }
  }
  // A bit says up or down; the newest byte of the 64 bits is the lowest.
  for (uint32_t byte = 0; byte < kBytes; byte++) {
    for (uint32_t bits = 0; bits < 256; bits++) {
      int32_t sum = 0;
      for (uint32_t bit = 0; bit < 8; bit++)
        sum += bits >> bit & 1 ? taps[8 * byte + bit] : -taps[8 * byte + bit];
      table_[byte][bits] = static_cast<int16_t>(sum);
    }
  }
  clear();
}

void PdmFilter::clear() {
  bits_ = 0xaaaaaaaaaaaaaaaau;  // silence
  memset(averages_, 0, sizeof averages_);
  at_ = 0;
  level_ = 0;
}

void PdmFilter::average(uint32_t bits) {
  bits_ = bits_ << kAverageBits | bits;
  const uint32_t low = static_cast<uint32_t>(bits_);
  const uint32_t high = static_cast<uint32_t>(bits_ >> 32);
  int32_t sum = 0;
  for (uint32_t byte = 0; byte < 4; byte++)
    sum += table_[byte][low >> 8 * byte & 255] + table_[byte + 4][high >> 8 * byte & 255];
  const int16_t value = static_cast<int16_t>(sum >> 2);  // of 17 bits, 15
  averages_[at_] = value;
  averages_[at_ + kTaps] = value;
  at_ = (at_ + 1) % kTaps;
}

int16_t PdmFilter::next(uint32_t first, uint32_t second) {
  average(first >> 16);
  average(first & 0xffff);
  average(second >> 16);
  average(second & 0xffff);
  const int16_t* values = averages_ + at_;
  int32_t sum = 0;
  for (uint32_t tap = 0; tap < kTaps / 2; tap++)
    sum += kLowPass[tap] * (values[tap] + values[kTaps - 1 - tap]);
  // Full scale is 2^29 now; what is left of it, and of a microphone that is not quite in the middle.
  const int32_t value = sum >> 9;
  level_ += value - (level_ >> kLevelBits);
  const int32_t sound = (value - (level_ >> kLevelBits)) >> (20 - 15 - kGainBits);
  return static_cast<int16_t>(sound > 32767 ? 32767 : sound < -32768 ? -32768 : sound);
}

}  // namespace board
}  // namespace dormouse
