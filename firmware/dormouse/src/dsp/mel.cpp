#include "../math/exact.h"

#include "mel.h"

#include "../math/math.h"

namespace dormouse {
namespace dsp {

bool melCorners(uint32_t filters, uint32_t fft, float lowHz, float highHz, float rateHz, uint16_t* corners) {
  const float low = 1127.0f * math::logarithm(1.0f + lowHz / 700.0f);
  const float high = 1127.0f * math::logarithm(1.0f + highHz / 700.0f);
  const float step = (high - low) / static_cast<float>(filters + 1);
  const float perHz = static_cast<float>(fft + 1) / rateHz;
  for (uint32_t i = 0; i < filters + 2; i++) {
    float hz = 700.0f * (math::exponential((low + step * static_cast<float>(i)) / 1127.0f) - 1.0f);
    if (i == 0) hz = lowHz;
    if (i == filters + 1) hz = highHz - 0.001f;
    const float bin = hz * perHz;
    corners[i] = bin > 0.0f ? static_cast<uint16_t>(bin) : static_cast<uint16_t>(0);
    // Highest frequencies of a low rate: 0.001 Hz is less than float32 tells apart only far above sound.
    if (corners[i] > fft / 2) corners[i] = static_cast<uint16_t>(fft / 2);
    if (i > 0 && corners[i] < corners[i - 1]) corners[i] = corners[i - 1];
  }
  for (uint32_t i = 0; i < filters; i++) {
    if (corners[i] == corners[i + 2]) return false;
  }
  return true;
}

void melReciprocals(MelBank* bank) {
  for (uint32_t i = 0; i <= bank->filters; i++) {
    const uint32_t bins = static_cast<uint32_t>(bank->corners[i + 1] - bank->corners[i]);
    bank->reciprocals[i] = bins < 2 ? 0u : 0xFFFFFFFFu / bins;
  }
}

}  // namespace dsp
}  // namespace dormouse
