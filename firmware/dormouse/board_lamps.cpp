/** Switches the lamps. */
#include "board_lamps.h"

#include <Arduino.h>

namespace dormouse {
namespace board {

static const uint32_t kBlinkEvery = 2000000;
static const uint32_t kBlinkFor = 40000;

void Lamps::light(Lamp lamp, bool on) { digitalWrite(lamp.pin, on != lamp.litByLow ? HIGH : LOW); }

void Lamps::begin() {
  pinMode(recognised_.pin, OUTPUT);
  pinMode(working_.pin, OUTPUT);
  light(recognised_, false);
  light(working_, false);
}

void Lamps::working(bool spoken, uint64_t micros) {
  light(working_, spoken || micros % kBlinkEvery < kBlinkFor);
}

}  // namespace board
}  // namespace dormouse
