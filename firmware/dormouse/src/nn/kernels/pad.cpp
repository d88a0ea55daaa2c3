#include "pad.h"

namespace dormouse {
namespace nn {

void pad(const PadParams& params, const int8_t* input, const int8_t* value, int8_t* output) {
  __builtin_memset(output, value == nullptr ? params.value : *value, params.outBytes);
  const uint32_t inner = params.rank - 1u;
  const uint32_t run = params.dims[inner];
  uint32_t at[kMaxRank] = {0, 0, 0, 0, 0, 0};
  for (uint32_t d = 0; d < params.rank; d++)
    output += static_cast<size_t>(params.before[d]) * params.outSteps[d];
  for (;;) {
    __builtin_memcpy(output, input, run);
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

uint32_t padScratchBytes(const PadParams&) { return 0; }

}  // namespace nn
}  // namespace dormouse
