/** Numbers and words into a fixed line. */
#include "text_line.h"

namespace dormouse {
namespace device {

void TextLine::addByte(char value) {
  if (length_ + 1 >= kCapacity) return;
  text_[length_++] = value;
  text_[length_] = 0;
}

TextLine& TextLine::add(const char* text) {
  while (*text != 0) addByte(*text++);
  return *this;
}

TextLine& TextLine::add(wire::Text text) {
  for (uint32_t i = 0; i < text.length; i++) addByte(text.data[i]);
  return *this;
}

TextLine& TextLine::add(uint32_t number) {
  char digits[10];
  int count = 0;
  do {
    digits[count++] = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number != 0);
  while (count > 0) addByte(digits[--count]);
  return *this;
}

TextLine& TextLine::add(float number) {
  if (number < 0) {
    addByte('-');
    number = -number;
  }
  if (!(number < 2000000.0f)) number = 2000000.0f;
  const uint32_t thousandths = static_cast<uint32_t>(number * 1000.0f + 0.5f);
  add(thousandths / 1000);
  addByte('.');
  addByte(static_cast<char>('0' + thousandths / 100 % 10));
  addByte(static_cast<char>('0' + thousandths / 10 % 10));
  addByte(static_cast<char>('0' + thousandths % 10));
  return *this;
}

}  // namespace device
}  // namespace dormouse
