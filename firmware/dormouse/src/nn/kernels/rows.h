// Bytes copied row by row, for joining and splitting along a dimension; and filled, for what is kept between
// inferences.
#ifndef DORMOUSE_NN_KERNELS_ROWS_H
#define DORMOUSE_NN_KERNELS_ROWS_H

#include <stddef.h>
#include <stdint.h>

namespace dormouse {
namespace nn {

struct RowsParams {
  uint32_t rows;
  uint32_t bytes;     // of each row that are copied
  uint32_t fromStep;  // bytes from one row to the next
  uint32_t toStep;
};

// Input and output do not overlap.
void copyRows(const RowsParams& params, const uint8_t* input, uint8_t* output);
void fillBytes(uint8_t* bytes, uint8_t value, uint32_t count);

}  // namespace nn
}  // namespace dormouse

#endif
