#include "../math/exact.h"

#include "statistics.h"

#include "../math/math.h"

namespace dormouse {
namespace dsp {

namespace {
const uint32_t kBlock = 32;

float largestMagnitude(const Row& row) {
  float largest = 0.0f;
  const float* x = row.values;
  for (uint32_t i = 0; i < row.n; i++, x += row.stride) {
    const float magnitude = *x < 0.0f ? -*x : *x;
    if (magnitude > largest) largest = magnitude;
  }
  return largest;
}

// 2^-k with k so that the largest magnitude times it lies in [1, 2): squares then neither overflow nor
// vanish. Scaling by a power of two changes no digit.
float scaleFor(float largest) {
  uint32_t exponent = (math::bitsOf(largest) >> 23) & 0xFFu;
  if (exponent < 2u) exponent = 2u;
  if (exponent > 252u) exponent = 252u;
  return math::floatOf((254u - exponent) << 23);
}
}  // namespace

float meanOf(const Row& row) {
  float total = 0.0f;
  const float* x = row.values;
  for (uint32_t i = 0; i < row.n;) {
    const uint32_t end = row.n - i < kBlock ? row.n : i + kBlock;
    float sum = 0.0f;
    for (; i < end; i++, x += row.stride) sum += *x;
    total += sum;
  }
  return total / static_cast<float>(row.n);
}

float rootMeanSquareOf(const Row& row) {
  const float largest = largestMagnitude(row);
  if (!(largest > 0.0f)) return 0.0f;
  const float scale = scaleFor(largest);
  float total = 0.0f;
  const float* x = row.values;
  for (uint32_t i = 0; i < row.n;) {
    const uint32_t end = row.n - i < kBlock ? row.n : i + kBlock;
    float sum = 0.0f;
    for (; i < end; i++, x += row.stride) {
      const float scaled = *x * scale;
      sum += scaled * scaled;
    }
    total += sum;
  }
  return math::squareRoot(total / static_cast<float>(row.n)) / scale;
}

Moments momentsOf(const Row& row, float mean) {
  Moments moments = {0.0f, 0.0f, 0.0f};
  const float largest = largestMagnitude(row);
  if (!(largest > 0.0f)) return moments;
  const float scale = scaleFor(largest);
  float total2 = 0.0f;
  float total3 = 0.0f;
  float total4 = 0.0f;
  const float* x = row.values;
  for (uint32_t i = 0; i < row.n;) {
    const uint32_t end = row.n - i < kBlock ? row.n : i + kBlock;
    float sum2 = 0.0f;
    float sum3 = 0.0f;
    float sum4 = 0.0f;
    for (; i < end; i++, x += row.stride) {
      const float d = (*x - mean) * scale;
      const float d2 = d * d;
      sum2 += d2;
      sum3 += d2 * d;
      sum4 += d2 * d2;
    }
    total2 += sum2;
    total3 += sum3;
    total4 += sum4;
  }
  const float n = static_cast<float>(row.n);
  const float m2 = total2 / n;
  const float deviation = math::squareRoot(m2);
  moments.stdev = deviation / scale;
  if (deviation > largest * scale * 9.5367431640625e-7f) {
    moments.skewness = (total3 / n) / (m2 * deviation);
    moments.kurtosis = (total4 / n) / (m2 * m2) - 3.0f;
  }
  return moments;
}

}  // namespace dsp
}  // namespace dormouse
