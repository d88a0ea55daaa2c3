/** Writes CBOR in the shortest form. */
#include "cbor.h"

#include <string.h>

namespace dormouse {
namespace wire {

void CborWriter::raw(const void* bytes, uint32_t count) {
  if (!ok_ || count > capacity_ - length_) {
    ok_ = false;
    return;
  }
  memcpy(buffer_ + length_, bytes, count);
  length_ += count;
}

void CborWriter::head(uint8_t major, uint64_t argument) {
  uint8_t bytes[9];
  uint32_t extra = argument < 24             ? 0
                   : argument <= 0xff        ? 1
                   : argument <= 0xffff      ? 2
                   : argument <= 0xffffffffu ? 4
                                             : 8;
  const uint8_t shortForm = extra == 0   ? static_cast<uint8_t>(argument)
                            : extra == 1 ? 24
                            : extra == 2 ? 25
                            : extra == 4 ? 26
                                         : 27;
  bytes[0] = static_cast<uint8_t>((major << 5) | shortForm);
  for (uint32_t i = 0; i < extra; i++) bytes[1 + i] = static_cast<uint8_t>(argument >> (8 * (extra - 1 - i)));
  raw(bytes, 1 + extra);
}

void CborWriter::text(Text value) {
  head(3, value.length);
  raw(value.data, value.length);
}

void CborWriter::integer(int64_t value) {
  if (value >= 0)
    head(0, static_cast<uint64_t>(value));
  else
    head(1, static_cast<uint64_t>(-1 - value));
}

void CborWriter::float32(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  const uint8_t bytes[5] = {0xfa, static_cast<uint8_t>(bits >> 24), static_cast<uint8_t>(bits >> 16),
                            static_cast<uint8_t>(bits >> 8), static_cast<uint8_t>(bits)};
  raw(bytes, sizeof bytes);
}

}  // namespace wire
}  // namespace dormouse
