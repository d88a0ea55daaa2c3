// Puts a sentence together in a buffer of fixed size; what does not fit is cut off.
#ifndef DORMOUSE_NN_SENTENCE_H
#define DORMOUSE_NN_SENTENCE_H

#include <stdint.h>

namespace dormouse {
namespace nn {

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

}  // namespace nn
}  // namespace dormouse

#endif
