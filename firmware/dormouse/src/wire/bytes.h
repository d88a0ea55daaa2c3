/** Little-endian numbers in unaligned bytes, as they lie on the wire and in a model image. */
#ifndef DORMOUSE_WIRE_BYTES_H
#define DORMOUSE_WIRE_BYTES_H

#include <stdint.h>

namespace dormouse {
namespace wire {

inline uint16_t load16(const uint8_t* p) { return static_cast<uint16_t>(p[0] | (p[1] << 8)); }

inline uint32_t load32(const uint8_t* p) {
  return static_cast<uint32_t>(load16(p)) | (static_cast<uint32_t>(load16(p + 2)) << 16);
}

inline void store16(uint8_t* p, uint16_t value) {
  p[0] = static_cast<uint8_t>(value & 0xff);
  p[1] = static_cast<uint8_t>(value >> 8);
}

inline void store32(uint8_t* p, uint32_t value) {
  store16(p, static_cast<uint16_t>(value & 0xffff));
  store16(p + 2, static_cast<uint16_t>(value >> 16));
}

inline void store64(uint8_t* p, uint64_t value) {
  store32(p, static_cast<uint32_t>(value & 0xffffffffu));
  store32(p + 4, static_cast<uint32_t>(value >> 32));
}

}  // namespace wire
}  // namespace dormouse

#endif
