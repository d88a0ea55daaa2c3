#include "../math/exact.h"

#include "wavelet.h"

#include "../math/math.h"
#include "statistics.h"
#include "wavelet_tables.h"

namespace dormouse {
namespace dsp {

namespace {
const uint32_t kBins = 100;

uint32_t bandLength(uint32_t n, uint32_t filter) { return (n + filter - 1) / 2; }

void filterBand(const float* x, uint32_t n, const float* filter, uint32_t length, float* out) {
  const uint32_t count = bandLength(n, length);
  for (uint32_t i = 0; i < count; i++) {
    float sum = 0.0f;
    for (uint32_t j = 0; j < length; j++) {
      int32_t at = static_cast<int32_t>(2 * i + 1) - static_cast<int32_t>(j);
      if (at < 0) at = -1 - at;
      if (at >= static_cast<int32_t>(n)) at = 2 * static_cast<int32_t>(n) - 1 - at;
      sum += filter[j] * x[at];
    }
    out[i] = sum;
  }
}

// Moves the value at `from` down the heap until both below it are not larger.
void sift(float* values, uint32_t from, uint32_t n) {
  const float value = values[from];
  for (;;) {
    uint32_t below = 2 * from + 1;
    if (below >= n) break;
    if (below + 1 < n && values[below] < values[below + 1]) below++;
    if (!(value < values[below])) break;
    values[from] = values[below];
    from = below;
  }
  values[from] = value;
}

// Heap sort: no memory, no worst case.
void sort(float* values, uint32_t n) {
  for (uint32_t i = n / 2; i-- > 0;) sift(values, i, n);
  for (uint32_t end = n; end-- > 1;) {
    const float largest = values[0];
    values[0] = values[end];
    values[end] = largest;
    sift(values, 0, end);
  }
}

float crossings(const float* x, uint32_t n, float level) {
  uint32_t count = 0;
  for (uint32_t i = 1; i < n; i++) {
    if ((x[i] > level) != (x[i - 1] > level)) count++;
  }
  return static_cast<float>(count) / static_cast<float>(n);
}

// Of sorted values, so that the bins fill one after the other.
float entropyOf(const float* sorted, uint32_t n) {
  const float range = sorted[n - 1] - sorted[0];
  if (!(range > 0.0f) || !math::isFinite(range)) return 0.0f;
  float sum = 0.0f;
  for (uint32_t i = 0; i < n;) {
    const float place = (sorted[i] - sorted[0]) / range;
    uint32_t bin = static_cast<uint32_t>(place * static_cast<float>(kBins));
    if (bin >= kBins) bin = kBins - 1;
    uint32_t inside = 1;
    for (i++; i < n; i++, inside++) {
      const float next = (sorted[i] - sorted[0]) / range * static_cast<float>(kBins);
      if (bin + 1 < kBins && next >= static_cast<float>(bin + 1)) break;
    }
    const float count = static_cast<float>(inside);
    sum += count * math::logarithm(count);
  }
  const float all = static_cast<float>(n);
  return math::logarithm(all) - sum / all;
}

float percentile(const float* sorted, uint32_t n, uint32_t percent) {
  return sorted[((n - 1) * percent + 50u) / 100u];
}

// `band` is sorted on the way.
void describe(float* band, uint32_t n, float* features) {
  const Row row = {band, n, 1};
  const float mean = meanOf(row);
  features[1] = crossings(band, n, 0.0f);
  features[2] = crossings(band, n, mean);
  sort(band, n);
  features[0] = entropyOf(band, n);
  features[3] = percentile(band, n, 5);
  features[4] = percentile(band, n, 25);
  features[5] = percentile(band, n, 75);
  features[6] = percentile(band, n, 95);
  features[7] = percentile(band, n, 50);
  const Moments moments = momentsOf(row, mean);
  const float count = static_cast<float>(n);
  features[8] = mean;
  features[9] = moments.stdev;
  features[10] = moments.stdev * moments.stdev * count / (count - 1.0f);
  features[11] = rootMeanSquareOf(row);
  features[12] = moments.skewness;
  features[13] = moments.kurtosis;
}
}  // namespace

uint32_t waveletWork(uint32_t n) { return bandLength(n, kMaxWaveletLength); }

void waveletRun(uint32_t wavelet, uint32_t level, float* signal, uint32_t n, float* work, float* features) {
  float low[kMaxWaveletLength];
  float high[kMaxWaveletLength];
  const uint32_t length = waveletFilters(wavelet, low, high);
  for (uint32_t l = level; l > 0; l--) {
    const uint32_t band = bandLength(n, length);
    filterBand(signal, n, high, length, work);
    describe(work, band, features + l * kWaveletFeatures);
    filterBand(signal, n, low, length, work);
    for (uint32_t i = 0; i < band; i++) signal[i] = work[i];
    n = band;
  }
  describe(signal, n, features);
}

}  // namespace dsp
}  // namespace dormouse
