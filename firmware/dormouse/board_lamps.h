/**
 * Two lamps: one shows that something is recognised, one that the board works (steady while an app talks to
 * it, a short blink every two seconds while it prints text lines).
 */
#ifndef DORMOUSE_BOARD_LAMPS_H
#define DORMOUSE_BOARD_LAMPS_H

#include "board.h"

namespace dormouse {
namespace board {

struct Lamp {
  uint8_t pin;
  bool litByLow;
};

class Lamps {
 public:
  Lamps(Lamp recognised, Lamp working) : recognised_(recognised), working_(working) {}

  void begin();
  void recognised(bool something) { light(recognised_, something); }
  void working(bool spoken, uint64_t micros);

 private:
  static void light(Lamp lamp, bool on);

  Lamp recognised_;
  Lamp working_;
};

}  // namespace board
}  // namespace dormouse

#endif
