#include "mean.h"

namespace dormouse {
namespace nn {

namespace {
// Moves to the next combination; `at` starts at all zeros and ends there after the last.
template <typename T>
void advance(const Odometer& odometer, uint32_t* at, const T** p) {
  for (uint32_t d = odometer.rank; d-- > 0;) {
    *p += odometer.steps[d];
    if (++at[d] < odometer.dims[d]) return;
    *p -= static_cast<size_t>(odometer.steps[d]) * odometer.dims[d];
    at[d] = 0;
  }
}

template <typename T>
void meanOf(const MeanParams& params, const T* input, T* output) {
  const int32_t lowest = sizeof(T) == 1 ? -128 : INT16_MIN;
  uint32_t keptAt[kMaxRank] = {0, 0, 0, 0, 0, 0};
  const T* start = input;
  for (uint32_t i = 0; i < params.outputs; i++) {
    uint32_t at[kMaxRank] = {0, 0, 0, 0, 0, 0};
    const T* p = start;
    uint32_t sum = 0;
    for (uint32_t j = 0; j < params.count; j++) {
      sum += static_cast<uint32_t>(static_cast<int32_t>(*p));
      advance(params.averaged, at, &p);
    }
    sum -= static_cast<uint32_t>(static_cast<int32_t>(params.inputZeroPoint)) * params.count;
    const int32_t scaled = multiply(static_cast<int32_t>(sum), params.multiplier);
    output[i] = static_cast<T>(clamp(wrapAdd(scaled, params.outputZeroPoint), lowest, -1 - lowest));
    advance(params.kept, keptAt, &start);
  }
}
}  // namespace

void mean(const MeanParams& params, const int8_t* input, int8_t* output) { meanOf(params, input, output); }

void mean16(const MeanParams& params, const int16_t* input, int16_t* output) {
  meanOf(params, input, output);
}

uint32_t meanScratchBytes(const MeanParams&) { return 0; }

}  // namespace nn
}  // namespace dormouse
