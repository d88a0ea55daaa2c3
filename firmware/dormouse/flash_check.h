/** Whether flash holds what it should. Flash is read as memory. */
#ifndef DORMOUSE_FLASH_CHECK_H
#define DORMOUSE_FLASH_CHECK_H

#include <stdint.h>

namespace dormouse {
namespace board {

bool flashIsErased(uint32_t start, uint32_t bytes);
bool flashIs(uint32_t start, const uint8_t* wanted, uint32_t bytes);

}  // namespace board
}  // namespace dormouse

#endif
