/** Counts periods of the rate since the start. */
#include "board_camera.h"

namespace dormouse {
namespace board {

void PictureClock::start(uint64_t now, uint32_t rateMilliHz) {
  begun_ = now;
  rate_ = rateMilliHz;
  next_ = 0;
}

bool PictureClock::due(uint64_t now, uint32_t* number) {
  const uint32_t period = static_cast<uint32_t>((now - begun_) * rate_ / 1000000000u);
  if (period < next_) return false;
  *number = period;
  next_ = period + 1;
  return true;
}

}  // namespace board
}  // namespace dormouse
