// What augmentation does to one row while it is gathered.
#include "layers.h"
#include "math.h"

namespace dormouse {
namespace train {

// One window at another speed, moved in time, louder or softer, turned, on another level, with noise; ends
// hold their value. Parameters: gain, shift in frames, speed, jitter, offset, then a turn as three rows of
// three.
void augmentRow(const Job& job, const float* from, float* to, const float* parameters, uint32_t row) {
  const float gain = parameters[0];
  const float shift = parameters[1];
  const float speed = parameters[2];
  const float jitter = parameters[3];
  const float offset = parameters[4];
  const float* turn = parameters + 5;
  const int32_t frames = job.inputFrames;
  const int32_t axes = job.inputAxes;
  const bool turning = frames > 1 && axes % 3 == 0;
  const float last = static_cast<float>(frames - 1);
  const uint32_t seed = hashOf(job.noiseSeed ^ 0x6a09e667u, row);
  const uint32_t levelSeed = hashOf(job.noiseSeed ^ 0xbb67ae85u, row);
  for (int32_t t = 0; t < frames; t++) {
    float at = (static_cast<float>(t) - last * 0.5f) * speed + last * 0.5f + shift;
    if (at < 0.0f) at = 0.0f;
    if (at > last) at = last;
    const int32_t before = static_cast<int32_t>(at);
    const int32_t after = before + 1 < frames ? before + 1 : before;
    const float part = at - static_cast<float>(before);
    float* out = to + t * axes;
    for (int32_t a = 0; a < axes; a++) {
      const float left = from[before * axes + a];
      const float right = from[after * axes + a];
      out[a] = (left + (right - left) * part) * gain;
    }
    for (int32_t a = 0; turning && a < axes; a += 3) {
      const float x = out[a];
      const float y = out[a + 1];
      const float z = out[a + 2];
      for (int32_t i = 0; i < 3; i++)
        out[a + i] = turn[i * 3] * x + turn[i * 3 + 1] * y + turn[i * 3 + 2] * z;
    }
    for (int32_t a = 0; a < axes; a++) {
      if (offset > 0.0f) out[a] += offset * normalOf(levelSeed, static_cast<uint32_t>(a));
      if (jitter > 0.0f) out[a] += jitter * normalOf(seed, static_cast<uint32_t>(t * axes + a));
    }
  }
}

}  // namespace train
}  // namespace dormouse
