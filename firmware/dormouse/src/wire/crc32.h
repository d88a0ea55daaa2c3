/** CRC-32 as in IEEE 802.3: reflected polynomial 0xEDB88320, initial and final value 0xFFFFFFFF. */
#ifndef DORMOUSE_WIRE_CRC32_H
#define DORMOUSE_WIRE_CRC32_H

#include <stdint.h>

namespace dormouse {
namespace wire {

/** `before` is the CRC of the bytes that came before these (0 for none), so that a CRC can be made in parts.
 */
uint32_t crc32(const uint8_t* bytes, uint32_t count, uint32_t before = 0);

}  // namespace wire
}  // namespace dormouse

#endif
