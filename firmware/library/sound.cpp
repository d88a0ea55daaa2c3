/** Fed with sound as it comes, of which no window is ever kept. */
#include "answer.h"

#include "../dsp/sound.h"
#include "../dsp/stream.h"

namespace dormouse_model {

using namespace dormouse;

namespace {
dsp::Stream stream_;
float features_[data::kFeatures];
alignas(16) uint8_t state_[data::kScratchBytes];
}  // namespace

Status init() {
  dsp::SoundPlan plan;
  if (dsp::readSoundPlan(DORMOUSE_DSP_KIND, data::kParams, internal::shape(), &plan) != dsp::Status::kOk ||
      dsp::Stream::bytesFor(plan) > sizeof state_)
    return Status::kBroken;
  stream_.begin(plan, kWindowFrames, kStrideFrames, 1.0f, state_);
  return internal::begin();
}

void reset() {
  if (!internal::begun()) return;
  stream_.restart();
  internal::forget();
}

uint32_t push(const int16_t* samples, uint32_t count) {
  return internal::begun() ? stream_.push(samples, count) : 0;
}

bool ready() { return internal::begun() && stream_.ready(); }

Status classify(Result* result) {
  if (!internal::begun()) return Status::kNotStarted;
  if (!stream_.ready()) return Status::kNotReady;
  stream_.window(features_);
  if (!internal::allFinite(features_, data::kFeatures)) return Status::kNotFinite;
  return internal::fromFeatures(features_, result);
}

Status classify(const int16_t* window, Result* result) {
  if (!internal::begun()) return Status::kNotStarted;
  stream_.restart();
  stream_.push(window, kWindowFrames);
  const Status status = classify(result);
  stream_.restart();
  return status;
}

}  // namespace dormouse_model
