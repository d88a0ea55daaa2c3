#include "pad.h"

namespace dormouse {
namespace nn {

namespace {
template <typename T>
void padOf(const PadParams& params, const T* input, const T* border, T* output) {
  const T value = border == nullptr ? static_cast<T>(params.value) : *border;
  if (sizeof(T) == 1) {
    __builtin_memset(output, value, params.outValues);
  } else {
    for (uint32_t i = 0; i < params.outValues; i++) output[i] = value;
  }
  const uint32_t inner = params.rank - 1u;
  const uint32_t run = params.dims[inner];
  uint32_t at[kMaxRank] = {0, 0, 0, 0, 0, 0};
  for (uint32_t d = 0; d < params.rank; d++)
    output += static_cast<size_t>(params.before[d]) * params.outSteps[d];
  for (;;) {
    __builtin_memcpy(output, input, run * sizeof(T));
    input += run;
    uint32_t d = inner;
    for (;;) {
      if (d == 0) return;
      d--;
      output += params.outSteps[d];
      if (++at[d] < params.dims[d]) break;
      output -= static_cast<size_t>(params.outSteps[d]) * params.dims[d];
      at[d] = 0;
    }
  }
}
}  // namespace

void pad(const PadParams& params, const int8_t* input, const int8_t* value, int8_t* output) {
  padOf(params, input, value, output);
}

void pad16(const PadParams& params, const int16_t* input, const int16_t* value, int16_t* output) {
  padOf(params, input, value, output);
}

uint32_t padScratchBytes(const PadParams&) { return 0; }

}  // namespace nn
}  // namespace dormouse
