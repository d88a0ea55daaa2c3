#include "../math/exact.h"

#include "mel.h"

#include "../math/math.h"
#include "whole.h"
#include "whole_fft.h"

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

namespace {
struct Stretch {
  uint64_t rising;   // weights 0, 1/n .. (n-1)/n over the n bins from a corner on
  uint64_t falling;  // weights 1, (n-1)/n .. 1/n
};

Stretch stretchOf(const MelBank& bank, const int32_t* powers, uint32_t index) {
  Stretch stretch = {0, 0};
  const uint32_t begin = bank.corners[index];
  const uint32_t end = bank.corners[index + 1];
  if (begin == end) return stretch;
  uint64_t sum = 0;
  uint64_t weighted = 0;
  for (uint32_t bin = end - 1; bin > begin; bin--) {
    sum += powerAt(powers, bin);
    weighted += sum;
  }
  sum += powerAt(powers, begin);
  const uint32_t bins = end - begin;
  if (bins == 1) {
    stretch.falling = sum;
  } else {
    stretch.rising = highProduct64(weighted, bank.reciprocals[index]);
    stretch.falling = highProduct64(sum * bins - weighted, bank.reciprocals[index]);
  }
  return stretch;
}
}  // namespace

void melLogs(const MelBank& bank, const int32_t* powers, int32_t* logs) {
  const uint16_t* const corners = bank.corners;
  uint64_t rising = stretchOf(bank, powers, 0).rising;
  for (uint32_t i = 0; i < bank.filters; i++) {
    const Stretch next = stretchOf(bank, powers, i + 1);
    uint64_t energy = rising + next.falling;
    // A filter whose top is its last corner too: no stretch falls from there.
    if (corners[i + 1] == corners[i + 2]) energy += powerAt(powers, corners[i + 1]);
    logs[i] = logOf(energy);
    rising = next.rising;
  }
}

}  // namespace dsp
}  // namespace dormouse
