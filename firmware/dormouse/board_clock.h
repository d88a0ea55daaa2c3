/** Clocks that never go back: of a 64-bit counter, or made of a 32-bit counter of microseconds that wraps. */
#ifndef DORMOUSE_BOARD_CLOCK_H
#define DORMOUSE_BOARD_CLOCK_H

#include "board.h"

namespace dormouse {
namespace board {

/** Of a counter that wraps. May be read from interrupts. Must be read at least once per wrap (71 minutes). */
class WideClock : public device::Clock {
 public:
  typedef uint32_t (*Counter)();

  explicit WideClock(Counter counter) : counter_(counter), last_(0), wraps_(0) {}

  uint64_t micros() override;
  uint32_t ticks() override { return counter_(); }

 private:
  Counter counter_;
  uint32_t last_;
  uint32_t wraps_;
};

/** Of a counter of 64 bits, which chips like the RP2040 and the ESP32 have. */
class LongClock : public device::Clock {
 public:
  typedef uint64_t (*Counter)();

  explicit LongClock(Counter counter) : counter_(counter) {}

  uint64_t micros() override { return counter_(); }
  uint32_t ticks() override { return static_cast<uint32_t>(counter_()); }

 private:
  Counter counter_;
};

}  // namespace board
}  // namespace dormouse

#endif
