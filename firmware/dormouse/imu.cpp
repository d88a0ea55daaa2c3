/** Chooses among a chip's rates. */
#include "imu.h"

namespace dormouse {
namespace board {

uint8_t rateIndex(const device::SensorInfo& info, uint32_t rateMilliHz) {
  uint8_t best = 0;
  uint32_t bestOff = 0xffffffffu;
  for (uint8_t i = 0; i < info.rateCount; i++) {
    const uint32_t rate = info.ratesMilliHz[i];
    const uint32_t off = rate > rateMilliHz ? rate - rateMilliHz : rateMilliHz - rate;
    if (off >= bestOff) continue;
    best = i;
    bestOff = off;
  }
  return best;
}

uint32_t nearestRate(const device::SensorInfo& info, uint32_t rateMilliHz) {
  return info.ratesMilliHz[rateIndex(info, rateMilliHz)];
}

}  // namespace board
}  // namespace dormouse
