// Moments of a row of numbers, in float32 with blockwise sums: 32 values are summed on their own before they
// are added to the total, so that the error grows with n / 32 rather than n. Inside the DSP folder only.
#ifndef DORMOUSE_DSP_STATISTICS_H
#define DORMOUSE_DSP_STATISTICS_H

#include <stdint.h>

namespace dormouse {
namespace dsp {

// n values, `stride` floats apart.
struct Row {
  const float* values;
  uint32_t n;
  uint32_t stride;
};

float meanOf(const Row& row);
float rootMeanSquareOf(const Row& row);

struct Moments {
  float stdev;     // of the population: divided by n
  float skewness;  // m3 / m2^1.5
  float kurtosis;  // m4 / m2^2 - 3 (0 for a normal distribution)
};
// Skewness and kurtosis are 0 where all values are equal as far as float32 can tell (stdev at most 2^-20 of
// the largest magnitude).
Moments momentsOf(const Row& row, float mean);

}  // namespace dsp
}  // namespace dormouse

#endif
