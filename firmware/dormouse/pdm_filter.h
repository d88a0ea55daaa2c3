/**
 * Sound out of the bits of a PDM microphone: 64 bits a value, in whole numbers. First every 16 bits through
 * four moving averages in a row (a table per byte), then 64 taps to a quarter of that rate, flat to 6 kHz at
 * 16,000 values/s. Knows no pin and no clock.
 */
#ifndef DORMOUSE_PDM_FILTER_H
#define DORMOUSE_PDM_FILTER_H

#include <stdint.h>

namespace dormouse {
namespace board {

class PdmFilter {
 public:
  /** Fills its tables (4 KB); call it before a microphone is first listened to. */
  void begin();
  /** Forgets what it heard. */
  void clear();
  /** The next value, of the 64 bits that came since the last, the first in the highest bit of `first`. */
  int16_t next(uint32_t first, uint32_t second);

 private:
  enum : uint32_t { kTaps = 64, kBytes = 8 };

  void average(uint32_t bits);

  int16_t table_[kBytes][256];
  uint64_t bits_;
  // Each value stands twice, so that the newest 64 always lie in a row.
  int16_t averages_[2 * kTaps];
  uint32_t at_;
  int32_t level_;  // the mean, 9 bits behind the point
};

}  // namespace board
}  // namespace dormouse

#endif
