#include "rows.h"

namespace dormouse {
namespace nn {

void copyRows(const RowsParams& params, const uint8_t* input, uint8_t* output) {
  for (uint32_t row = 0; row < params.rows; row++, input += params.fromStep, output += params.toStep)
    __builtin_memcpy(output, input, params.bytes);
}

void fillBytes(uint8_t* bytes, uint8_t value, uint32_t count) { __builtin_memset(bytes, value, count); }

}  // namespace nn
}  // namespace dormouse
