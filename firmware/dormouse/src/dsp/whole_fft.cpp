#include "whole_fft.h"

#include "whole.h"

namespace dormouse {
namespace dsp {

void fillQuarterWaveQ31(uint32_t n, int32_t* quarter) {
  for (uint32_t k = 0; k <= n / 4; k++) quarter[k] = cosineQ31(k, n / 4);
}

namespace {
// The first two stages at once, which need no factors; brings the samples to their scale. No sum of four
// passes 2^30.
void firstStages(uint32_t n, int32_t shift, int32_t* data) {
  for (int32_t* at = data; at < data + n; at += 8) {
    int32_t v[8];
    if (shift >= 0) {
      for (uint32_t i = 0; i < 8; i++) v[i] = static_cast<int32_t>(static_cast<uint32_t>(at[i]) << shift);
    } else {
      for (uint32_t i = 0; i < 8; i++) v[i] = at[i] >> -shift;
    }
    const int32_t sumRe = v[0] + v[2];
    const int32_t sumIm = v[1] + v[3];
    const int32_t differenceRe = v[0] - v[2];
    const int32_t differenceIm = v[1] - v[3];
    const int32_t otherRe = v[4] + v[6];
    const int32_t otherIm = v[5] + v[7];
    const int32_t turnedRe = v[5] - v[7];
    const int32_t turnedIm = v[6] - v[4];
    at[0] = sumRe + otherRe;
    at[1] = sumIm + otherIm;
    at[2] = differenceRe + turnedRe;
    at[3] = differenceIm + turnedIm;
    at[4] = sumRe - otherRe;
    at[5] = sumIm - otherIm;
    at[6] = differenceRe - turnedRe;
    at[7] = differenceIm - turnedIm;
  }
}

// One stage of butterflies over blocks of 2 * half complex numbers.
void stage(uint32_t n, uint32_t half, const int32_t* quarter, int32_t* data) {
  int32_t* const end = data + n;
  const uint32_t distance = 2 * half;
  for (int32_t* a = data; a < end; a += 2 * distance) {
    int32_t* const b = a + distance;
    const int32_t re = b[0] >> 1;
    const int32_t im = b[1] >> 1;
    b[0] = (a[0] >> 1) - re;
    b[1] = (a[1] >> 1) - im;
    a[0] = (a[0] >> 1) + re;
    a[1] = (a[1] >> 1) + im;
  }
  // e^(-2 pi i k / (2 half)); in the table's steps of 2 pi / n that is k * stride.
  const uint32_t stride = n / (2 * half);
  for (uint32_t k = 1; k < half; k++) {
    const uint32_t step = k * stride;
    const bool second = step > n / 4;
    const int32_t wr = second ? -quarter[n / 2 - step] : quarter[step];
    const int32_t wi = second ? -quarter[step - n / 4] : -quarter[n / 4 - step];
    for (int32_t* a = data + 2 * k; a < end; a += 2 * distance) {
      int32_t* const b = a + distance;
      const int32_t br = b[0];
      const int32_t bi = b[1];
      // Q31 factors and high halves: half of the product, as this stage's scale wants it.
      const int32_t re = highProduct(br, wr) - highProduct(bi, wi);
      const int32_t im = highProduct(br, wi) + highProduct(bi, wr);
      const int32_t ar = a[0] >> 1;
      const int32_t ai = a[1] >> 1;
      a[0] = ar + re;
      a[1] = ai + im;
      b[0] = ar - re;
      b[1] = ai - im;
    }
  }
}

void storePower(int32_t* data, uint32_t bin, int32_t re, int32_t im, uint32_t drop) {
  const uint64_t power = (square(re) + square(im)) >> drop;
  data[2 * bin] = static_cast<int32_t>(static_cast<uint32_t>(power));
  data[2 * bin + 1] = static_cast<int32_t>(static_cast<uint32_t>(power >> 32));
}
}  // namespace

void powersQ(uint32_t n, const int32_t* quarter, int32_t shift, uint32_t drop, int32_t* data) {
  const uint32_t m = n / 2;
  firstStages(n, shift, data);
  for (uint32_t half = 4; half < m; half *= 2) stage(n, half, quarter, data);
  // Even and odd samples were packed as real and imaginary parts; take their spectra apart and join them,
  // halved.
  const int32_t dcRe = data[0] >> 1;
  const int32_t dcIm = data[1] >> 1;
  for (uint32_t k = 1; k <= m / 2; k++) {
    const int32_t* const a = data + 2 * k;
    const int32_t* const b = data + 2 * (m - k);
    const int32_t evenRe = (a[0] >> 1) + (b[0] >> 1);
    const int32_t evenIm = (a[1] >> 1) - (b[1] >> 1);
    const int32_t oddRe = (a[1] >> 1) + (b[1] >> 1);
    const int32_t oddIm = (b[0] >> 1) - (a[0] >> 1);
    const int32_t wr = quarter[k];
    const int32_t wi = -quarter[n / 4 - k];
    const int32_t re = highProduct(oddRe, wr) - highProduct(oddIm, wi);
    const int32_t im = highProduct(oddRe, wi) + highProduct(oddIm, wr);
    storePower(data, k, (evenRe >> 1) + re, (evenIm >> 1) + im, drop);
    storePower(data, m - k, (evenRe >> 1) - re, im - (evenIm >> 1), drop);
  }
  storePower(data, 0, dcRe + dcIm, 0, drop);
  storePower(data, m, dcRe - dcIm, 0, drop);
}

}  // namespace dsp
}  // namespace dormouse
