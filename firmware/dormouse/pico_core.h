/**
 * What a Raspberry Pi Pico gets from its core: one implementation for "Arduino Mbed OS RP2040 Boards"
 * (pico_mbed.cpp) and one for "Raspberry Pi Pico/RP2040" by Earle Philhower (pico_philhower.cpp).
 */
#ifndef DORMOUSE_PICO_CORE_H
#define DORMOUSE_PICO_CORE_H

#include "board.h"

namespace dormouse {
namespace board {
namespace pico {

/**
 * Flash erases sectors of 4096 bytes and programs pages of 256. The model slots are the same whatever the
 * core: 1 MB below the last sector, which is where Philhower's EEPROM library writes.
 */
enum : uint32_t {
  kEraseUnit = 4096,
  kWriteUnit = 256,
  kSlotBytes = 512 * 1024,
  kFlashEnd = 0x101ff000,
  kSlotsStart = kFlashEnd - 2 * kSlotBytes,
};

/** Line and flash, ready for use. The flash offers no slots if the sketch or its file system reaches into
 * them. */
Line* line();
slot::Flash* flash();
/** The chip of the flash's own number, 16 hex digits. */
const char* chipId();
void restart(bool intoBootloader);
/** Once in each loop. */
void tend();
/** A button that the maker wires, from this pin to ground. */
static const uint8_t kButtonPin = 14;
/** Whether it is held down, or BOOTSEL where the core can tell. */
bool button();
extern const char kButtonName[];

}  // namespace pico
}  // namespace board
}  // namespace dormouse

#endif
