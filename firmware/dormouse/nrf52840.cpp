/** Reads the nRF52840's own number and flash. */
#include "nrf52840.h"

#include <string.h>

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

static const uint8_t* flashAt(uint32_t address) { return reinterpret_cast<const uint8_t*>(address); }

bool flashIsErased(uint32_t start, uint32_t bytes) {
  for (uint32_t i = 0; i < bytes; i++) {
    if (flashAt(start)[i] != 0xff) return false;
  }
  return true;
}

bool flashIs(uint32_t start, const uint8_t* wanted, uint32_t bytes) {
  return memcmp(flashAt(start), wanted, bytes) == 0;
}

}  // namespace board
}  // namespace dormouse
