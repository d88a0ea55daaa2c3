/** Fed with whole windows of values, or with one frame after the other. */
#include "answer.h"

#include <string.h>

#if DORMOUSE_DSP_KIND == 1
#include "../dsp/flatten.h"
#elif DORMOUSE_DSP_KIND == 2
#include "../dsp/spectral.h"
#elif DORMOUSE_DSP_KIND >= 3
#include "../dsp/sound.h"
#endif

namespace dormouse_model {

using namespace dormouse;

namespace {
float window_[kWindowValues];
float features_[data::kFeatures];
#if DORMOUSE_DSP_KIND >= 2
alignas(16) uint8_t scratch_[data::kScratchBytes];
#endif
uint32_t frames_ = 0;
/** Frames to leave out before the next window: where windows lie apart. */
uint32_t skip_ = 0;

void computeFeatures(const float* window) {
#if DORMOUSE_DSP_KIND == 0
  for (uint32_t i = 0; i < kWindowValues; i++) features_[i] = window[i] * data::kParams[0];
#elif DORMOUSE_DSP_KIND == 1
  dsp::flattenRun(data::kParams, internal::shape(), window, features_);
#elif DORMOUSE_DSP_KIND == 2
  dsp::spectralRun(data::kParams, internal::shape(), window, features_, reinterpret_cast<float*>(scratch_));
#else
  dsp::soundRun(DORMOUSE_DSP_KIND, data::kParams, internal::shape(), window, features_, scratch_);
#endif
}

void slide() {
  if (kStrideFrames >= kWindowFrames) {
    frames_ = 0;
    skip_ = kStrideFrames - kWindowFrames;
    return;
  }
  frames_ = kWindowFrames - kStrideFrames;
  memmove(window_, window_ + kStrideFrames * kAxes, frames_ * kAxes * sizeof(float));
}

Status answer(const float* window, Result* result) {
  if (!internal::begun()) return Status::kNotStarted;
  if (!internal::allFinite(window, kWindowValues)) return Status::kNotFinite;
  computeFeatures(window);
  if (!internal::allFinite(features_, data::kFeatures)) return Status::kNotFinite;
  return internal::fromFeatures(features_, result);
}
}  // namespace

Status init() {
  reset();
  return internal::begin();
}

void reset() {
  frames_ = 0;
  skip_ = 0;
  internal::forget();
}

bool push(const float* frame) {
  if (frames_ == kWindowFrames) return true;
  if (skip_ > 0) {
    skip_--;
    return false;
  }
  memcpy(window_ + frames_ * kAxes, frame, kAxes * sizeof(float));
  frames_++;
  return frames_ == kWindowFrames;
}

bool ready() { return frames_ == kWindowFrames; }

Status classify(Result* result) {
  if (!ready()) return Status::kNotReady;
  const Status status = answer(window_, result);
  slide();
  return status;
}

Status classify(const float* window, Result* result) { return answer(window, result); }

}  // namespace dormouse_model
