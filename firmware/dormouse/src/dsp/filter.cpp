#include "../math/exact.h"

#include "filter.h"

#include "../math/math.h"

namespace dormouse {
namespace dsp {

namespace {
// tan(pi cutoff): where the bilinear transform puts a frequency.
float warped(float cutoff) {
  float sine = 0.0f;
  float cosine = 1.0f;
  math::sinCos(cutoff * 3.14159274f, &sine, &cosine);
  return sine / cosine;
}

// One pair of poles, started at rest. g: the pole's warped frequency; k: its damping, 1 / Q.
void section(FilterKind kind, float g, float k, float* values, uint32_t n) {
  const float a1 = 1.0f / (1.0f + g * (g + k));
  const float a2 = g * a1;
  const float a3 = g * a2;
  float band = 0.0f;
  float low = 0.0f;
  for (uint32_t i = 0; i < n; i++) {
    const float rest = values[i] - low;
    const float v1 = a1 * band + a2 * rest;
    const float v2 = low + (a2 * band + a3 * rest);
    band = 2.0f * v1 - band;
    low = 2.0f * v2 - low;
    values[i] = kind == kLowPass ? v2 : (values[i] - k * v1) - v2;
  }
}

// Chebyshev of the first kind, order 8, ripple 0.05 dB. With e = sqrt(10^0.005 - 1), m = asinh(1 / e) / 8 and
// t = pi (2 s + 1) / 16 the poles are -sinh(m) sin(t) +- i cosh(m) cos(t); here their distances from 0, their
// dampings, and the gain of what stands still, 10^(-0.05 / 20).
const float kPoleFrequency[] = {1.04962592f, 0.911655921f, 0.669651467f, 0.421704917f};
const float kPoleDamping[] = {0.13897786f, 0.455672114f, 0.928414677f, 1.73904057f};
const float kStandingGain = 0.994260074f;
}  // namespace

void butterworth(FilterKind kind, uint32_t order, float cutoff, float* values, uint32_t n) {
  const float g = warped(cutoff);
  const uint32_t sections = order / 2;
  for (uint32_t s = 0; s < sections; s++) {
    // Damping of the s-th pole pair: 2 sin(pi (2 s + 1) / (2 order)).
    float poleSine = 0.0f;
    float poleCosine = 0.0f;
    math::sinCos(static_cast<float>(2 * s + 1) / static_cast<float>(2 * order) * 3.14159274f, &poleSine,
                 &poleCosine);
    section(kind, g, 2.0f * poleSine, values, n);
  }
}

uint32_t decimate(uint32_t ratio, float* values, uint32_t n) {
  const float first = values[0];
  for (uint32_t i = 0; i < n; i++) values[i] = (values[i] - first) * kStandingGain;
  const float g = warped(0.4f / static_cast<float>(ratio));
  for (uint32_t s = 0; s < 4; s++) section(kLowPass, g * kPoleFrequency[s], kPoleDamping[s], values, n);
  const float standing = first * kStandingGain;
  uint32_t kept = 0;
  for (uint32_t i = 0; i < n; i += ratio) values[kept++] = values[i] + standing;
  return kept;
}

}  // namespace dsp
}  // namespace dormouse
