#include "../math/exact.h"

#include "stream.h"

#include "../math/math.h"
#include "parameters.h"

namespace dormouse {
namespace dsp {

namespace {
Status readPlan(const Block& block, const Shape& shape, uint32_t strideFrames, SoundPlan* plan) {
  float params[kMaxParams];
  Status status = readParameters(block, shape, params);
  if (status == Status::kOk) status = readSoundPlan(block.kind, params, shape, plan);
  if (status != Status::kOk) return status;
  const bool whole = strideFrames > 0 && strideFrames % plan->stride == 0;
  return whole ? Status::kOk : Status::kBadParameter;
}

uint32_t samplesBytes(const SoundPlan& plan) { return (plan.length * 2 + 3u) & ~3u; }

int16_t countOf(float value, float scale) {
  const int32_t count = math::roundAway(value * scale);
  return static_cast<int16_t>(count > 32767 ? 32767 : (count < -32768 ? -32768 : count));
}
}  // namespace

uint32_t Stream::bytesFor(const SoundPlan& plan) { return samplesBytes(plan) + SoundFront::bytes(plan); }

Status Stream::stateBytes(const Block& block, const Shape& shape, uint32_t strideFrames, uint32_t* bytes) {
  SoundPlan plan;
  *bytes = 0;
  const Status status = readPlan(block, shape, strideFrames, &plan);
  if (status == Status::kOk) *bytes = bytesFor(plan);
  return status;
}

Status Stream::begin(const Block& block, const Shape& shape, uint32_t strideFrames, float unit, void* state,
                     uint32_t bytes) {
  SoundPlan plan;
  const Status status = readPlan(block, shape, strideFrames, &plan);
  if (status != Status::kOk) return status;
  if (!math::isFinite(unit)) return Status::kBadParameter;
  if (bytes < bytesFor(plan)) return Status::kScratchTooSmall;
  begin(plan, shape.frames, strideFrames, unit, state);
  return Status::kOk;
}

void Stream::begin(const SoundPlan& plan, uint32_t frames, uint32_t strideFrames, float unit, void* state) {
  plan_ = plan;
  frames_ = frames;
  windowRows_ = strideFrames / plan.stride;
  unit_ = unit;
  asItIs_ = unit == 1.0f && plan.scale == 1.0f;
  samples_ = static_cast<int16_t*>(state);
  front_.begin(plan, static_cast<uint8_t*>(state) + samplesBytes(plan));
  restart();
}

void Stream::restart() {
  first_ = 0;
  rows_ = 0;
  fill_ = 0;
  skip_ = 0;
  left_ = frames_;
}

// The frame in progress is whole: its row, and what the next one shares with it.
void Stream::complete() {
  uint32_t at = first_ + rows_;
  if (at >= plan_.rows) at -= plan_.rows;
  front_.row(samples_, at);
  rows_++;
  if (plan_.stride < plan_.length) {
    fill_ = plan_.length - plan_.stride;
    __builtin_memmove(samples_, samples_ + plan_.stride, fill_ * 2);
  } else {
    fill_ = 0;
    skip_ = plan_.stride - plan_.length;
  }
}

// How many of `count` samples belong to one frame, or to none: *place is where they go, or null.
uint32_t Stream::nextPart(uint32_t count, int16_t** place) {
  if (count > left_) count = left_;
  *place = nullptr;
  if (skip_ > 0) {
    if (count > skip_) count = skip_;
    skip_ -= count;
  } else {
    if (count > plan_.length - fill_) count = plan_.length - fill_;
    *place = samples_ + fill_;
    fill_ += count;
  }
  left_ -= count;
  return count;
}

uint32_t Stream::push(const int16_t* samples, uint32_t count) {
  uint32_t taken = 0;
  while (taken < count && left_ > 0) {
    int16_t* place;
    const uint32_t part = nextPart(count - taken, &place);
    if (place != nullptr) {
      if (asItIs_) {
        __builtin_memcpy(place, samples + taken, part * 2);
      } else {
        for (uint32_t i = 0; i < part; i++)
          place[i] = countOf(static_cast<float>(samples[taken + i]) * unit_, plan_.scale);
      }
      if (fill_ == plan_.length) complete();
    }
    taken += part;
  }
  return taken;
}

void Stream::pushValues(const float* values, uint32_t count) {
  while (count > 0 && left_ > 0) {
    int16_t* place;
    const uint32_t part = nextPart(count, &place);
    if (place != nullptr) {
      for (uint32_t i = 0; i < part; i++) place[i] = countOf(values[i], plan_.scale);
      if (fill_ == plan_.length) complete();
    }
    values += part;
    count -= part;
  }
}

void Stream::window(float* features) {
  front_.features(first_, features);
  left_ = windowRows_ * plan_.stride;
  if (windowRows_ <= rows_) {
    rows_ -= windowRows_;
    first_ = (first_ + windowRows_) % plan_.rows;
    return;
  }
  // The next window begins behind the frame in progress.
  uint32_t drop = (windowRows_ - rows_) * plan_.stride;
  first_ = 0;
  rows_ = 0;
  if (drop < fill_) {
    fill_ -= drop;
    __builtin_memmove(samples_, samples_ + drop, fill_ * 2);
  } else {
    skip_ += drop - fill_;
    fill_ = 0;
  }
}

}  // namespace dsp
}  // namespace dormouse
