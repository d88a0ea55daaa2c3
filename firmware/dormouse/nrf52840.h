/** What the boards with an nRF52840 have in common: who they are, and how they start anew. */
#ifndef DORMOUSE_NRF52840_H
#define DORMOUSE_NRF52840_H

#include <stdint.h>

namespace dormouse {
namespace board {

/** Flash erases pages of 4096 bytes and programs words of 4 (nRF52840 product specification, NVMC). */
enum : uint32_t { kFlashPage = 4096, kFlashWord = 4 };

/** The chip's factory-programmed number, 16 hex digits. */
const char* chipId();

/** True if all of the flash from `start` is erased, or as it should be. Flash is read as memory. */
bool flashIsErased(uint32_t start, uint32_t bytes);
bool flashIs(uint32_t start, const uint8_t* wanted, uint32_t bytes);

}  // namespace board
}  // namespace dormouse

#endif
