#include "add.h"

namespace dormouse {
namespace nn {

namespace {
int8_t addOne(const AddParams& params, int32_t first, int32_t second) {
  // Both are brought to twice the larger scale, with 20 bits of headroom against rounding.
  const int32_t a = multiply(shiftLeft(first + params.firstOffset, 20), params.first);
  const int32_t b = multiply(shiftLeft(second + params.secondOffset, 20), params.second);
  const int32_t sum = multiply(wrapAdd(a, b), params.sum);
  return static_cast<int8_t>(clamp(wrapAdd(sum, params.outputOffset), params.low, params.high));
}
}  // namespace

void add(const AddParams& params, const int8_t* first, const int8_t* second, int8_t* output) {
  uint32_t at[kMaxRank] = {0, 0, 0, 0, 0, 0};
  const uint32_t inner = params.rank - 1u;
  const uint32_t run = params.dims[inner];
  for (;;) {
    for (uint32_t i = 0; i < run; i++)
      *output++ = addOne(params, first[i * params.firstSteps[inner]], second[i * params.secondSteps[inner]]);
    uint32_t d = inner;
    for (;;) {
      if (d == 0) return;
      d--;
      first += params.firstSteps[d];
      second += params.secondSteps[d];
      if (++at[d] < params.dims[d]) break;
      first -= static_cast<size_t>(params.firstSteps[d]) * params.dims[d];
      second -= static_cast<size_t>(params.secondSteps[d]) * params.dims[d];
      at[d] = 0;
    }
  }
}

uint32_t addScratchBytes(const AddParams&) { return 0; }

}  // namespace nn
}  // namespace dormouse
