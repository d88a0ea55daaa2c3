/** Builds short texts without the C library: error texts with numbers in them, and the lines of text mode. */
#ifndef DORMOUSE_DEVICE_TEXT_LINE_H
#define DORMOUSE_DEVICE_TEXT_LINE_H

#include <stdint.h>

#include "../wire/cbor.h"

namespace dormouse {
namespace device {

/** What does not fit is cut off; text() is always ended by 0. */
class TextLine {
 public:
  enum { kCapacity = 128 };

  TextLine() : length_(0) { text_[0] = 0; }

  TextLine& add(const char* text);
  TextLine& add(wire::Text text);
  TextLine& add(uint32_t number);
  /** With three decimals; beyond +-2,000,000 it says so at the limit. */
  TextLine& add(float number);

  const char* text() const { return text_; }
  uint32_t length() const { return length_; }

 private:
  void addByte(char value);

  char text_[kCapacity];
  uint32_t length_;
};

}  // namespace device
}  // namespace dormouse

#endif
