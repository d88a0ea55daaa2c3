/** Smooths, judges and suppresses results. */
#include "../math/exact.h"  // the comparisons are in PROTOCOL.md 5, to the bit

#include "judge.h"

#include <string.h>

namespace dormouse {
namespace device {

static uint32_t quietBytes(const slot::Manifest& manifest) {
  return manifest.suppress > 0 ? 2 * manifest.labels : 0;
}

uint32_t Judge::memoryBytes(const slot::Manifest& manifest, uint32_t scores, bool anomaly) {
  return manifest.smoothing * (scores + (anomaly ? 4u : 0u)) + quietBytes(manifest);
}

void Judge::begin(const slot::Manifest* manifest, uint32_t scores, bool anomaly, float scale,
                  int32_t zeroPoint, void* memory) {
  manifest_ = manifest;
  scores_ = scores;
  anomaly_ = anomaly;
  scale_ = scale;
  zeroPoint_ = zeroPoint;
  uint8_t* free = static_cast<uint8_t*>(memory);
  ratios_ = static_cast<float*>(memory);
  free += anomaly ? 4 * manifest->smoothing : 0;
  quiet_ = reinterpret_cast<uint16_t*>(free);
  history_ = reinterpret_cast<int8_t*>(free + quietBytes(*manifest));
  reset();
}

void Judge::reset() {
  results_ = 0;
  at_ = 0;
  memset(quiet_, 0, quietBytes(*manifest_));
}

int16_t Judge::add(const int8_t* scores, float ratio) {
  memcpy(history_ + at_ * scores_, scores, scores_);
  if (anomaly_) ratios_[at_] = ratio;
  at_ = at_ + 1 == manifest_->smoothing ? 0 : at_ + 1;
  if (results_ < manifest_->smoothing) results_++;
  return suppressed(unusual() ? static_cast<int16_t>(kUnusual) : likeliest());
}

/** The mean of the ratios is above 1; summed in the order in which they lie. */
bool Judge::unusual() const {
  if (!anomaly_) return false;
  float sum = 0.0f;
  for (uint32_t i = 0; i < results_; i++) sum += ratios_[i];
  return sum > static_cast<float>(results_);
}

static bool reaches(int32_t sum, uint32_t results, float scale, uint32_t threshold) {
  return static_cast<float>(sum) * scale * 1000.0f >= static_cast<float>(threshold * results);
}

int16_t Judge::likeliest() const {
  // Only what is normal was taught: what is not unusual is that.
  if (scores_ == 0) return 0;
  int32_t best = 0;
  int16_t label = kNothing;
  for (uint32_t i = 0; i < scores_; i++) {
    int32_t sum = 0;
    for (uint32_t k = 0; k < results_; k++) sum += history_[k * scores_ + i] - zeroPoint_;
    if (label >= 0 && sum <= best) continue;
    best = sum;
    label = static_cast<int16_t>(i);
  }
  const uint32_t threshold = manifest_->thresholdOf(static_cast<uint32_t>(label));
  return reaches(best, results_, scale_, threshold) ? label : static_cast<int16_t>(kNothing);
}

int16_t Judge::suppressed(int16_t label) {
  if (manifest_->suppress == 0) return label;
  bool again = false;
  for (uint32_t i = 0; i < manifest_->labels; i++) {
    if (quiet_[i] == 0) continue;
    quiet_[i]--;
    again = again || label == static_cast<int16_t>(i);
  }
  if (again) return kNothing;
  if (label >= 0) quiet_[label] = static_cast<uint16_t>(manifest_->suppress);
  return label;
}

int16_t Judge::leastScore(uint32_t label) const {
  const uint32_t threshold = manifest_->thresholdOf(label);
  for (int32_t score = -128; score <= 127; score++) {
    if (reaches(score - zeroPoint_, 1, scale_, threshold)) return static_cast<int16_t>(score);
  }
  return 128;
}

}  // namespace device
}  // namespace dormouse
