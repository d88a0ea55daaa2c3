#include "../math/exact.h"

#include "fft.h"

#include "../math/math.h"

namespace dormouse {
namespace dsp {

void fillQuarterWave(uint32_t n, float* quarter) {
  for (uint32_t k = 0; k <= n / 4; k++) {
    float sine = 0.0f;
    math::sinCosOfTurn(k, n, &sine, &quarter[k]);
  }
}

namespace {
// Complex FFT of m = n / 2 points: bit reversal, then log2 m passes of butterflies, the first without
// multiplying.
void complexFft(uint32_t m, uint32_t n, const float* quarter, float* data) {
  for (uint32_t i = 0, j = 0; i < m; i++) {
    if (i < j) {
      const float re = data[2 * i];
      const float im = data[2 * i + 1];
      data[2 * i] = data[2 * j];
      data[2 * i + 1] = data[2 * j + 1];
      data[2 * j] = re;
      data[2 * j + 1] = im;
    }
    uint32_t bit = m >> 1;
    while (bit != 0 && (j & bit) != 0) {
      j ^= bit;
      bit >>= 1;
    }
    j |= bit;
  }
  for (uint32_t i = 0; i + 1 < m; i += 2) {
    float* const a = data + 2 * i;
    const float re = a[2];
    const float im = a[3];
    a[2] = a[0] - re;
    a[3] = a[1] - im;
    a[0] += re;
    a[1] += im;
  }
  for (uint32_t half = 2; half < m; half *= 2) {
    // w = e^(-2 pi i k / (2 half)); in the table's steps of 2 pi / n that is k * stride.
    const uint32_t stride = n / (2 * half);
    for (uint32_t k = 0; k < half; k++) {
      const uint32_t step = k * stride;
      const bool second = step > n / 4;
      const float wr = second ? -quarter[n / 2 - step] : quarter[step];
      const float wi = second ? -quarter[step - n / 4] : -quarter[n / 4 - step];
      for (uint32_t i = k; i < m; i += 2 * half) {
        float* const a = data + 2 * i;
        float* const b = a + 2 * half;
        const float re = b[0] * wr - b[1] * wi;
        const float im = b[0] * wi + b[1] * wr;
        b[0] = a[0] - re;
        b[1] = a[1] - im;
        a[0] += re;
        a[1] += im;
      }
    }
  }
}
}  // namespace

void realFft(uint32_t n, const float* quarter, float* data) {
  const uint32_t m = n / 2;
  complexFft(m, n, quarter, data);
  // Even and odd samples were packed as real and imaginary parts; take their spectra apart and join them.
  const float dc = data[0] + data[1];
  const float nyquist = data[0] - data[1];
  data[0] = dc;
  data[1] = nyquist;
  for (uint32_t k = 1; k <= m / 2; k++) {
    float* const a = data + 2 * k;
    float* const b = data + 2 * (m - k);
    const float evenRe = (a[0] + b[0]) * 0.5f;
    const float evenIm = (a[1] - b[1]) * 0.5f;
    const float oddRe = (a[1] + b[1]) * 0.5f;
    const float oddIm = (b[0] - a[0]) * 0.5f;
    const float wr = quarter[k];
    const float wi = -quarter[n / 4 - k];
    const float re = oddRe * wr - oddIm * wi;
    const float im = oddRe * wi + oddIm * wr;
    a[0] = evenRe + re;
    a[1] = evenIm + im;
    b[0] = evenRe - re;
    b[1] = im - evenIm;
  }
}

}  // namespace dsp
}  // namespace dormouse
