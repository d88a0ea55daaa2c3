// A border of one value around an int8 or int16 tensor.
#ifndef DORMOUSE_NN_KERNELS_PAD_H
#define DORMOUSE_NN_KERNELS_PAD_H

#include <stddef.h>
#include <stdint.h>

#include "../rank.h"

namespace dormouse {
namespace nn {

struct PadParams {
  uint8_t rank;             // at least 1
  uint32_t dims[kMaxRank];  // of the input
  uint32_t before[kMaxRank];
  uint32_t outSteps[kMaxRank];  // how far one step along each dimension moves in the output
  uint32_t outValues;
  int16_t value;
};

// `value`: the border's, where it is not params.value; may be null.
void pad(const PadParams& params, const int8_t* input, const int8_t* value, int8_t* output);
void pad16(const PadParams& params, const int16_t* input, const int16_t* value, int16_t* output);
uint32_t padScratchBytes(const PadParams& params);

}  // namespace nn
}  // namespace dormouse

#endif
