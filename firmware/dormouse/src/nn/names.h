// What the schema calls its operators and element types, for sentences that people read.
#ifndef DORMOUSE_NN_NAMES_H
#define DORMOUSE_NN_NAMES_H

#include <stdint.h>

namespace dormouse {
namespace nn {

// nullptr for numbers that this table does not know. On a board (ARDUINO defined) it knows none: the app has
// looked at the model before, and 3 KB of names are better spent.
const char* operatorCodeName(int32_t code);
const char* typeName(int8_t type);
// Bytes of one element; 0 for types that the engine cannot hold.
uint32_t typeBytes(int8_t type);

}  // namespace nn
}  // namespace dormouse

#endif
