/**
 * What the boards with an ESP32 have in common: the line, the flash behind the sketch, the clock. Written
 * after Espressif's and Arduino's documents; never compiled, since no toolchain for these chips was at hand.
 */
#ifndef DORMOUSE_ESP32_H
#define DORMOUSE_ESP32_H

#include "board.h"

namespace dormouse {
namespace board {
namespace esp32 {

/** Flash erases sectors of 4096 bytes and programs words of 4. */
enum : uint32_t { kEraseUnit = 4096, kWriteUnit = 4, kSlotBytes = 512 * 1024 };

/** Line and flash, ready for use. The slots lie in the data partition "spiffs"; without one there are none.
 */
Line* line();
slot::Flash* flash();
uint64_t micros();
/** The number of the chip's radio, 12 hex digits. */
const char* chipId();
void restart(bool intoBootloader);

}  // namespace esp32
}  // namespace board
}  // namespace dormouse

#endif
