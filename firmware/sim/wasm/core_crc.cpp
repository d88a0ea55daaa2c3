// CRC-32 for the TypeScript side: the very function that the board's frames and slots use.
#include "wire/crc32.h"

extern "C" __attribute__((export_name("core_crc32"))) uint32_t core_crc32(const uint8_t* bytes,
                                                                          uint32_t count, uint32_t before) {
  return dormouse::wire::crc32(bytes, count, before);
}
