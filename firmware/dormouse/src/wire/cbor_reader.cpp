/** Reads CBOR from bytes that nobody has checked. */
#include "cbor.h"

#include <string.h>

namespace dormouse {
namespace wire {

Text textOf(const char* zeroEnded) {
  Text text = {zeroEnded, 0};
  while (zeroEnded[text.length] != 0) text.length++;
  return text;
}

bool same(Text text, const char* literal) {
  return text.length == textOf(literal).length && memcmp(text.data, literal, text.length) == 0;
}

bool CborReader::head(uint8_t* major, uint64_t* argument) {
  if (!ok_ || at_ == end_) return fail();
  const uint8_t first = *at_;
  const uint8_t info = first & 31;
  uint32_t extra = 0;
  if (info >= 28) return fail();  // reserved, or an indefinite length, which we do not speak
  if (info >= 24) extra = 1u << (info - 24);
  if (static_cast<uint32_t>(end_ - at_) < 1 + extra) return fail();
  at_++;
  uint64_t value = info;
  if (extra > 0) value = 0;
  for (uint32_t i = 0; i < extra; i++) value = (value << 8) | *at_++;
  *major = first >> 5;
  *argument = value;
  return true;
}

bool CborReader::container(uint8_t wanted, uint32_t* count) {
  uint8_t major;
  uint64_t argument;
  if (!head(&major, &argument) || major != wanted) return fail();
  // Each item takes a byte at least: a count beyond what is left is damage, whatever follows.
  if (argument > static_cast<uint64_t>(end_ - at_)) return fail();
  *count = static_cast<uint32_t>(argument);
  return true;
}

bool CborReader::string(uint8_t wanted, const uint8_t** data, uint32_t* length) {
  uint8_t major;
  uint64_t argument;
  if (!head(&major, &argument) || major != wanted) return fail();
  if (argument > static_cast<uint64_t>(end_ - at_)) return fail();
  *data = at_;
  *length = static_cast<uint32_t>(argument);
  at_ += *length;
  return true;
}

bool CborReader::text(Text* value) {
  const uint8_t* data;
  uint32_t length;
  if (!string(3, &data, &length)) return false;
  value->data = reinterpret_cast<const char*>(data);
  value->length = length;
  return true;
}

bool CborReader::bytes(const uint8_t** data, uint32_t* length) { return string(2, data, length); }

bool CborReader::uint32(uint32_t* value) {
  uint8_t major;
  uint64_t argument;
  if (!head(&major, &argument) || major != 0 || argument > 0xffffffffu) return fail();
  *value = static_cast<uint32_t>(argument);
  return true;
}

bool CborReader::skip(int depth) {
  uint8_t major;
  uint64_t argument;
  if (depth >= kMaxDepth || !head(&major, &argument)) return fail();
  const uint64_t left = static_cast<uint64_t>(end_ - at_);
  if (major == 2 || major == 3) {
    if (argument > left) return fail();
    at_ += argument;
  } else if (major == 4 || major == 5) {
    if (argument > left) return fail();
    const uint64_t items = major == 5 ? argument * 2 : argument;
    for (uint64_t i = 0; i < items; i++) {
      if (!skip(depth + 1)) return false;
    }
  } else if (major == 6) {
    return fail();  // tags carry nothing that we use
  }
  return true;
}

bool findNumber(const uint8_t* bytes, uint32_t length, const char* key, uint32_t* value) {
  CborReader reader(bytes, length);
  uint32_t pairs;
  bool found = false;
  if (!reader.map(&pairs)) return false;
  for (uint32_t i = 0; i < pairs; i++) {
    Text name;
    if (!reader.text(&name)) return false;
    if (!found && same(name, key)) {
      if (!reader.uint32(value)) return false;
      found = true;
    } else if (!reader.skip()) {
      return false;
    }
  }
  return found && reader.atEnd();
}

}  // namespace wire
}  // namespace dormouse
