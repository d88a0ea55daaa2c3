// Makes pictures smaller or larger in whole numbers: one arithmetic everywhere, one row at a time. Knows
// nothing of formats, colours (beyond how many values make a pixel) or where rows come from. Inside the DSP
// folder only.
//
// Each axis on its own, n pixels to m. Smaller (n >= m): area averaging, output pixel i is the mean of the
// source from i n/m to (i+1) n/m, pixels cut by a border weighing their part. Larger (n < m): bilinear
// between pixel centres, output pixel i lies at (i + 1/2) n/m - 1/2, the outermost pixels continued. Weights
// are exact fractions; the one rounding, half up, is at the end of both axes.
#ifndef DORMOUSE_DSP_RESIZE_H
#define DORMOUSE_DSP_RESIZE_H

#include <stdint.h>

namespace dormouse {
namespace dsp {

class RowSource {
 public:
  // Row y, called with y = 0, 1, 2, ...; stays valid until the next call.
  virtual const uint8_t* row(uint32_t y) = 0;

 protected:
  ~RowSource() {}
};

class RowSink {
 public:
  virtual void row(uint32_t y, const uint8_t* values) = 0;

 protected:
  ~RowSink() {}
};

struct Sizes {
  uint32_t fromWidth, fromHeight;  // 1 to 4096
  uint32_t toWidth, toHeight;      // 1 to 1024
  uint32_t channels;               // 1 or 3
};

// Bytes of scratch, a multiple of 4: two rows of sums and one of values.
uint32_t resizeScratch(const Sizes& sizes);
// scratch: 4-aligned. Every source row is asked for once, in order.
void resize(const Sizes& sizes, RowSource* source, RowSink* sink, void* scratch);

}  // namespace dsp
}  // namespace dormouse

#endif
