// Where the rows of a batch come from, and what augmentation does to each while it is gathered. What is drawn
// per row stands in its parameters (src/train/augment.ts draws and documents them); noise is a function of
// the run's seed and the value's place.
#include "layers.h"
#include "math.h"
#include "simd.h"

namespace dormouse {
namespace train {
namespace {

uint32_t noiseSeedOf(const Job& job, uint32_t row) { return hashOf(job.noiseSeed ^ 0x6a09e667u, row); }

void addNoise(float* to, int32_t count, float deviation, uint32_t seed) {
  if (deviation == 0.0f) return;
  for (int32_t i = 0; i < count; i++) to[i] += deviation * normalOf(seed, static_cast<uint32_t>(i));
}

// Turns axes a to a + 2, in the sensor's own units (gravity turns too) where they are known.
void turnVector(const Job& job, float* out, int32_t a, const float* turn) {
  float from[3];
  for (int32_t i = 0; i < 3; i++) {
    from[i] = out[a + i];
    if (job.axisMean) from[i] = from[i] * job.axisDeviation[a + i] + job.axisMean[a + i];
  }
  for (int32_t i = 0; i < 3; i++) {
    float turned = turn[i * 3] * from[0] + turn[i * 3 + 1] * from[1] + turn[i * 3 + 2] * from[2];
    if (job.axisMean) {
      // An axis that never moved is 0 in every row, and stays so.
      const float deviation = job.axisDeviation[a + i];
      turned = deviation > 0.0f ? (turned - job.axisMean[a + i]) / deviation : 0.0f;
    }
    out[a + i] = turned;
  }
}

// One window at another speed, moved in time, louder or softer, turned, on another level, with noise; ends
// hold their value. Parameters: gain, shift in frames, speed, jitter, offset, then a turn as three rows of
// three.
void augmentMotion(const Job& job, const float* from, float* to, const float* parameters, uint32_t row) {
  const float gain = parameters[0];
  const float shift = parameters[1];
  const float speed = parameters[2];
  const float jitter = parameters[3];
  const float offset = parameters[4];
  const float* turn = parameters + 5;
  const int32_t frames = job.inputFrames;
  const int32_t axes = job.inputAxes * job.inputChannels;
  const bool turning = frames > 1 && axes % 3 == 0;
  const float last = static_cast<float>(frames - 1);
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
    for (int32_t a = 0; turning && a < axes; a += 3) turnVector(job, out, a, turn);
    for (int32_t a = 0; a < axes && offset > 0.0f; a++)
      out[a] += offset * normalOf(levelSeed, static_cast<uint32_t>(a));
  }
  addNoise(to, frames * axes, jitter, noiseSeedOf(job, row));
}

// Frames moved in time (the end is held), another row mixed in, louder or softer, noise, then stretches of
// time and bands of frequency set to the mean. Parameters: shift in frames, offset, noise, share of the other
// row, its place in the batch, two stretches (first frame, frames), two bands (first bin, bins).
void augmentSpectrogram(const Job& job, const float* from, float* to, const float* parameters, uint32_t row) {
  const int32_t frames = job.inputFrames;
  const int32_t bins = job.inputAxes * job.inputChannels;
  const int32_t shift = static_cast<int32_t>(parameters[0]);
  const float offset = parameters[1];
  const float share = parameters[3];
  const float* other = job.dataX + job.order[static_cast<int32_t>(parameters[4])] * job.inputSize;
  for (int32_t t = 0; t < frames; t++) {
    int32_t source = t - shift;
    if (source < 0) source = 0;
    if (source >= frames) source = frames - 1;
    for (int32_t b = 0; b < bins; b++) {
      const float own = from[source * bins + b];
      to[t * bins + b] = own + (other[t * bins + b] - own) * share + offset;
    }
  }
  addNoise(to, frames * bins, parameters[2], noiseSeedOf(job, row));
  for (int32_t mask = 0; mask < 2; mask++) {
    const int32_t first = static_cast<int32_t>(parameters[5 + mask * 2]);
    const int32_t count = static_cast<int32_t>(parameters[6 + mask * 2]);
    for (int32_t i = first * bins; i < (first + count) * bins; i++) to[i] = 0.0f;
  }
  for (int32_t mask = 0; mask < 2; mask++) {
    const int32_t first = static_cast<int32_t>(parameters[9 + mask * 2]);
    const int32_t count = static_cast<int32_t>(parameters[10 + mask * 2]);
    for (int32_t t = 0; t < frames; t++)
      for (int32_t b = first; b < first + count; b++) to[t * bins + b] = 0.0f;
  }
}

// Mirrored, moved with zeros coming in, then contrast about the image's own mean, brightness and noise.
// Parameters: 1 = mirrored, shift down and right in pixels, brightness, contrast, noise.
void augmentImage(const Job& job, const float* from, float* to, const float* parameters, uint32_t row) {
  const int32_t height = job.inputFrames;
  const int32_t width = job.inputAxes;
  const int32_t channels = job.inputChannels;
  const bool mirrored = parameters[0] != 0.0f;
  const int32_t down = static_cast<int32_t>(parameters[1]);
  const int32_t right = static_cast<int32_t>(parameters[2]);
  float sum = 0.0f;
  for (int32_t i = 0; i < job.inputSize; i++) sum += from[i];
  const float mean = sum / static_cast<float>(job.inputSize);
  const float contrast = parameters[4];
  const float level = mean - mean * contrast + parameters[3];
  for (int32_t y = 0; y < height; y++) {
    for (int32_t x = 0; x < width; x++) {
      const int32_t sourceY = y - down;
      const int32_t moved = x - right;
      const bool inside = sourceY >= 0 && sourceY < height && moved >= 0 && moved < width;
      const int32_t sourceX = mirrored ? width - 1 - moved : moved;
      for (int32_t c = 0; c < channels; c++) {
        const float value = inside ? from[(sourceY * width + sourceX) * channels + c] : 0.0f;
        to[(y * width + x) * channels + c] = value * contrast + level;
      }
    }
  }
  addNoise(to, job.inputSize, parameters[5], noiseSeedOf(job, row));
}

}  // namespace

void augmentRow(const Job& job, const float* from, float* to, const float* parameters, uint32_t row) {
  switch (job.augmentKind) {
    case kSpectrogram:
      return augmentSpectrogram(job, from, to, parameters, row);
    case kImage:
      return augmentImage(job, from, to, parameters, row);
    default:
      return augmentMotion(job, from, to, parameters, row);
  }
}

void gatherRows(const Job& job, const Shard& shard) {
  for (int32_t n = shard.first; n < shard.last; n++) {
    const float* from = job.dataX + job.order[n] * job.inputSize;
    float* to = job.batchX + n * job.inputSize;
    if (job.augment && job.mode == kTrain) {
      augmentRow(job, from, to, job.augment + n * kAugmentValues, static_cast<uint32_t>(n));
    } else {
      copyValues(from, job.inputSize, to);
    }
  }
}

}  // namespace train
}  // namespace dormouse
