// Element types, numbered as in the .tflite schema.
#ifndef DORMOUSE_NN_TYPES_H
#define DORMOUSE_NN_TYPES_H

#include <stdint.h>

namespace dormouse {
namespace nn {

enum TensorType : int8_t {
  kFloat32 = 0,
  kInt32 = 2,
  kUInt8 = 3,
  kInt64 = 4,
  kBool = 6,
  kInt16 = 7,
  kInt8 = 9
};

}  // namespace nn
}  // namespace dormouse

#endif
