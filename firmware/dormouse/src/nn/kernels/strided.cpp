#include "strided.h"

namespace dormouse {
namespace nn {

void simplify(StridedParams* params) {
  uint32_t kept = 0;
  for (uint32_t d = 1; d < params->rank; d++) {
    if (params->steps[kept] == params->steps[d] * static_cast<int32_t>(params->dims[d])) {
      params->dims[kept] *= params->dims[d];
    } else {
      kept++;
      params->dims[kept] = params->dims[d];
    }
    params->steps[kept] = params->steps[d];
  }
  params->rank = static_cast<uint8_t>(kept + 1);
}

namespace {
void copyRow(const StridedParams& params, const uint8_t* from, uint8_t* to) {
  const uint32_t count = params.dims[params.rank - 1u];
  const int32_t step = params.steps[params.rank - 1u];
  const uint32_t bytes = params.elementBytes;
  if (step == static_cast<int32_t>(bytes)) {
    __builtin_memcpy(to, from, static_cast<size_t>(count) * bytes);
  } else if (bytes == 1) {
    for (uint32_t i = 0; i < count; i++, from += step) to[i] = *from;
  } else {
    for (uint32_t i = 0; i < count; i++, from += step, to += bytes) __builtin_memcpy(to, from, bytes);
  }
}
}  // namespace

void copyStrided(const StridedParams& params, const uint8_t* input, uint8_t* output) {
  uint32_t at[kMaxRank] = {0, 0, 0, 0, 0, 0};
  const uint32_t inner = params.rank - 1u;
  const uint32_t rowBytes = params.dims[inner] * params.elementBytes;
  int64_t place = params.first;
  for (;; output += rowBytes) {
    copyRow(params, input + place, output);
    uint32_t d = inner;
    for (;;) {
      if (d == 0) return;
      d--;
      place += params.steps[d];
      if (++at[d] < params.dims[d]) break;
      place -= static_cast<int64_t>(params.steps[d]) * params.dims[d];
      at[d] = 0;
    }
  }
}

}  // namespace nn
}  // namespace dormouse
