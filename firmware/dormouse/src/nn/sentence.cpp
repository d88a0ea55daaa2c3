#include "sentence.h"

#if !defined(DORMOUSE_NN_NO_SENTENCES)

namespace dormouse {
namespace nn {

void Sentence::put(char c) {
  if (left_ < 2) return;
  *out_++ = c;
  *out_ = 0;
  left_--;
}

Sentence& Sentence::add(const char* text) {
  while (*text != 0) put(*text++);
  return *this;
}

Sentence& Sentence::add(uint32_t number) {
  char digits[10];
  uint32_t n = 0;
  do {
    digits[n++] = static_cast<char>('0' + number % 10u);
    number /= 10u;
  } while (number != 0);
  while (n != 0) put(digits[--n]);
  return *this;
}

Sentence& Sentence::quote(const char* text) {
  for (uint32_t i = 0; text[i] != 0 && i < 40; i++) put(text[i] >= ' ' && text[i] <= '~' ? text[i] : '?');
  return *this;
}

}  // namespace nn
}  // namespace dormouse

#endif
