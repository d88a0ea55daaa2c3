// Says what a file is that is no .tflite, in a sentence, where it can be told from its first bytes.
#ifndef DORMOUSE_NN_RECOGNISE_H
#define DORMOUSE_NN_RECOGNISE_H

#include <stdint.h>

#include "sentence.h"

namespace dormouse {
namespace nn {

// True if the file begins as a .tflite does; otherwise the sentence says what it looks like.
bool looksLikeTflite(const uint8_t* bytes, uint32_t length, Sentence& sentence);

}  // namespace nn
}  // namespace dormouse

#endif
