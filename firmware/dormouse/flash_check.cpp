/** Compares byte by byte. */
#include "flash_check.h"

#include <string.h>

namespace dormouse {
namespace board {

static const uint8_t* flashAt(uint32_t address) {
  return reinterpret_cast<const uint8_t*>(static_cast<uintptr_t>(address));
}

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
