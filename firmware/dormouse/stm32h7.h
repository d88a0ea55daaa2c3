/** What the boards with an STM32H747 have in common: who they are, their flash, their camera's memory. */
#ifndef DORMOUSE_STM32H7_H
#define DORMOUSE_STM32H7_H

#include <stdint.h>

namespace dormouse {
namespace board {

/** Flash erases sectors of 128 KB and programs words of 32 bytes (RM0399, 4.3). */
enum : uint32_t { kEraseUnit = 128 * 1024, kWriteUnit = 32 };

/** The chip's factory-programmed number, 24 hex digits. */
const char* chipId();

}  // namespace board
}  // namespace dormouse

#endif
