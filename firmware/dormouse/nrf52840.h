/** What the boards with an nRF52840 have in common: who they are, and how their flash is cut. */
#ifndef DORMOUSE_NRF52840_H
#define DORMOUSE_NRF52840_H

#include <stdint.h>

namespace dormouse {
namespace board {

/** Flash erases pages of 4096 bytes and programs words of 4 (nRF52840 product specification, NVMC). */
enum : uint32_t { kEraseUnit = 4096, kWriteUnit = 4 };

/** The chip's factory-programmed number, 16 hex digits. */
const char* chipId();

}  // namespace board
}  // namespace dormouse

#endif
