#include "../math/exact.h"

#include "filter.h"

#include "../math/math.h"

namespace dormouse {
namespace dsp {

void butterworth(FilterKind kind, uint32_t order, float cutoff, float* values, uint32_t n) {
  float sine = 0.0f;
  float cosine = 1.0f;
  math::sinCos(cutoff * 3.14159274f, &sine, &cosine);
  const float g = sine / cosine;
  const uint32_t sections = order / 2;
  for (uint32_t s = 0; s < sections; s++) {
    // Damping of the s-th pole pair: 2 sin(pi (2 s + 1) / (2 order)).
    float poleSine = 0.0f;
    float poleCosine = 0.0f;
    math::sinCos(static_cast<float>(2 * s + 1) / static_cast<float>(2 * order) * 3.14159274f, &poleSine,
                 &poleCosine);
    const float k = 2.0f * poleSine;
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
}

uint32_t decimate(uint32_t ratio, float* values, uint32_t n) {
  const float first = values[0];
  for (uint32_t i = 0; i < n; i++) values[i] -= first;
  butterworth(kLowPass, 8, 0.4f / static_cast<float>(ratio), values, n);
  uint32_t kept = 0;
  for (uint32_t i = 0; i < n; i += ratio) values[kept++] = values[i] + first;
  return kept;
}

}  // namespace dsp
}  // namespace dormouse
