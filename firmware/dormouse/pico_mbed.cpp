/** The Pico's line and flash with Arduino's mbed core. */
#include "pico_core.h"

#if defined(ARDUINO_RASPBERRY_PI_PICO) && defined(ARDUINO_ARCH_MBED)

#include "mbed_board.h"

#include <Arduino.h>
#include <hardware/flash.h>

namespace dormouse {
namespace board {
namespace pico {

static MbedUsbLine usb;
static MbedFlash slots(kSlotsStart, kSlotBytes, kEraseUnit, kWriteUnit);

Line* line() { return &usb; }

slot::Flash* flash() {
  slots.begin();
  return &slots;
}

const char* chipId() {
  static char text[17];
  uint8_t id[8];
  flash_get_unique_id(id);
  for (uint32_t digit = 0; digit < 16; digit++)
    text[digit] = "0123456789abcdef"[id[digit / 2] >> (digit % 2 ? 0 : 4) & 15];
  text[16] = 0;
  return text;
}

void restart(bool intoBootloader) { mbedRestart(intoBootloader); }

void tend() {}

// BOOTSEL is the flash's own select line: reading it with an operating system that runs from flash is not
// safe.
bool button() { return digitalRead(kButtonPin) == LOW; }
extern const char kButtonName[] = "a button between GP14 and GND";

}  // namespace pico
}  // namespace board
}  // namespace dormouse

#endif
