// Puts a sentence together in a buffer of fixed size; what does not fit is cut off.
#ifndef DORMOUSE_NN_SENTENCE_H
#define DORMOUSE_NN_SENTENCE_H

#include <stdint.h>

namespace dormouse {
namespace nn {

// Programs for one known model may leave all sentences out, and their flash: -DDORMOUSE_NN_NO_SENTENCES. What
// went wrong is then in the Status alone.
#if defined(DORMOUSE_NN_NO_SENTENCES)
class Sentence {
 public:
  Sentence(char* out, uint32_t size) {
    if (size != 0) *out = 0;
  }
  Sentence& add(const char*) { return *this; }
  Sentence& add(uint32_t) { return *this; }
  Sentence& quote(const char*) { return *this; }
};
#else
class Sentence {
 public:
  Sentence(char* out, uint32_t size) : out_(out), left_(size) {
    if (size != 0) *out = 0;
  }
  Sentence& add(const char* text);
  Sentence& add(uint32_t number);
  // A name out of a file: at most 40 characters of it, anything but printable ASCII replaced.
  Sentence& quote(const char* text);

 private:
  void put(char c);

  char* out_;
  uint32_t left_;
};
#endif

}  // namespace nn
}  // namespace dormouse

#endif
