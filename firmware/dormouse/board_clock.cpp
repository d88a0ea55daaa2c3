/** Counts the wraps of the counter, with interrupts off for the few instructions that it takes. */
#include "board_clock.h"

#if !defined(ARDUINO_ARCH_ESP32) && !defined(ARDUINO_RASPBERRY_PI_PICO)

#include <Arduino.h>

namespace dormouse {
namespace board {

uint64_t WideClock::micros() {
  const uint32_t masked = __get_PRIMASK();
  __disable_irq();
  const uint32_t now = counter_();
  if (now < last_) wraps_++;
  last_ = now;
  const uint64_t wide = (static_cast<uint64_t>(wraps_) << 32) | now;
  __set_PRIMASK(masked);
  return wide;
}

}  // namespace board
}  // namespace dormouse

#endif
