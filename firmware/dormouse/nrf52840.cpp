/** Reads the nRF52840's own number. */
#include "nrf52840.h"

#if defined(ARDUINO_ARDUINO_NANO33BLE) || defined(ARDUINO_Seeed_XIAO_nRF52840_Sense)

#include <Arduino.h>

namespace dormouse {
namespace board {

const char* chipId() {
  static char text[17];
  for (uint32_t digit = 0; digit < 16; digit++) {
    // The high word first, so that the text is the number.
    const uint32_t word = NRF_FICR->DEVICEID[digit < 8 ? 1 : 0];
    text[digit] = "0123456789abcdef"[(word >> (28 - digit % 8 * 4)) & 15];
  }
  text[16] = 0;
  return text;
}

}  // namespace board
}  // namespace dormouse

#endif
