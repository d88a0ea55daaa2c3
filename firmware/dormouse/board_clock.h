/** A clock that never goes back, made of a 32-bit counter of microseconds that wraps. */
#ifndef DORMOUSE_BOARD_CLOCK_H
#define DORMOUSE_BOARD_CLOCK_H

#include "board.h"

namespace dormouse {
namespace board {

/** May be read from interrupts. Must be read at least once per wrap of the counter (71 minutes). */
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

}  // namespace board
}  // namespace dormouse

#endif
