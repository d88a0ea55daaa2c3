#include "../math/exact.h"

#include "sound.h"

#include "mel.h"
#include "parameters.h"
#include "stream.h"

namespace dormouse {
namespace dsp {

namespace {
const uint32_t kMinSoundFft = 16;
const uint32_t kMaxSoundFft = 4096;
const uint32_t kMaxFilters = 128;

// Seconds as whole samples: rounded up, but not for the last digits of a float.
bool samplesOf(float seconds, float rateHz, uint32_t* samples) {
  const float exact = seconds * rateHz;
  if (!(exact >= 3.0f && exact <= 1048576.0f)) return false;
  const uint32_t whole = static_cast<uint32_t>(exact);
  *samples = exact - static_cast<float>(whole) < 0.001f ? whole : whole + 1;
  return *samples >= 4;
}

bool readFrames(float length, float stride, float fft, const Shape& shape, SoundPlan* plan) {
  uint32_t points = 0;
  if (!samplesOf(length, shape.rateHz, &plan->length) || !samplesOf(stride, shape.rateHz, &plan->stride))
    return false;
  if (!wholeNumber(fft, kMinSoundFft, kMaxSoundFft, &points) || (points & (points - 1u)) != 0) return false;
  if (shape.axes != 1 || shape.frames < plan->length) return false;
  const uint32_t rows = (shape.frames - plan->length) / plan->stride + 1;
  if (rows > kMaxSoundRows) return false;
  plan->rows = static_cast<uint16_t>(rows);
  plan->fft = static_cast<uint16_t>(points);
  plan->used = static_cast<uint16_t>(plan->length < points ? plan->length : points);
  return true;
}

bool readFilters(float filters, float low, float high, const Shape& shape, SoundPlan* plan) {
  uint32_t count = 0;
  if (!wholeNumber(filters, 2, kMaxFilters, &count)) return false;
  const float half = shape.rateHz * 0.5f;
  plan->filters = static_cast<uint16_t>(count);
  plan->lowHz = low;
  plan->highHz = high == 0.0f ? half : high;
  if (!(low >= 0.0f && plan->highHz > low && plan->highHz <= half)) return false;
  uint16_t corners[kMaxFilters + 2];
  return melCorners(count, plan->fft, plan->lowHz, plan->highHz, shape.rateHz, corners);
}

bool readCepstrum(const float* params, SoundPlan* plan) {
  uint32_t coefficients = 0;
  uint32_t normal = 0;
  uint32_t shift = 0;
  if (!wholeNumber(params[1], 1, plan->filters, &coefficients) || !wholeNumber(params[8], 0, 501, &normal) ||
      !wholeNumber(params[10], 1, 64, &shift))
    return false;
  if (normal != 0 && (normal & 1u) == 0) return false;
  if (!(params[9] >= 0.0f && params[9] <= 1.0f)) return false;
  plan->bins = static_cast<uint16_t>(coefficients);
  plan->normal = static_cast<uint16_t>(normal);
  plan->shift = static_cast<uint16_t>(shift);
  plan->emphasis = static_cast<int32_t>(params[9] * 32768.0f + 0.5f);
  return true;
}

bool readFloor(float floorDb, SoundPlan* plan) {
  plan->floorDb = floorDb;
  return floorDb >= -100.0f && floorDb <= 0.0f;
}
}  // namespace

Status readSoundPlan(uint16_t kind, const float* p, const Shape& shape, SoundPlan* plan) {
  plan->kind = kind;
  plan->scale = p[0];
  plan->rateHz = shape.rateHz;
  plan->filters = 0;
  plan->fft = 0;
  plan->normal = 0;
  plan->shift = 1;
  plan->emphasis = 0;
  bool fits = false;
  if (kind == kSpectrogram) {
    fits = readFrames(p[1], p[2], p[3], shape, plan) && readFloor(p[4], plan);
    plan->bins = static_cast<uint16_t>(plan->fft / 2u + 1u);
  } else if (kind == kMfe) {
    fits = readFrames(p[1], p[2], p[4], shape, plan) && readFilters(p[3], p[5], p[6], shape, plan) &&
           readFloor(p[7], plan);
    plan->bins = plan->filters;
    plan->emphasis = 32113;  // 0.98
  } else if (kind == kMfcc) {
    fits = readFrames(p[2], p[3], p[5], shape, plan) && readFilters(p[4], p[6], p[7], shape, plan) &&
           readCepstrum(p, plan);
  }
  return fits ? Status::kOk : Status::kBadParameter;
}

Status soundCount(uint16_t kind, const float* params, const Shape& shape, uint32_t* count) {
  SoundPlan plan;
  const Status status = readSoundPlan(kind, params, shape, &plan);
  if (status == Status::kOk) *count = static_cast<uint32_t>(plan.rows) * plan.bins;
  return status;
}

Status soundScratch(uint16_t kind, const float* params, const Shape& shape, uint32_t* bytes) {
  SoundPlan plan;
  const Status status = readSoundPlan(kind, params, shape, &plan);
  if (status == Status::kOk) *bytes = Stream::bytesFor(plan);
  return status;
}

void soundRun(uint16_t kind, const float* params, const Shape& shape, const float* window, float* features,
              void* scratch) {
  SoundPlan plan;
  if (readSoundPlan(kind, params, shape, &plan) != Status::kOk) return;
  Stream stream;
  stream.begin(plan, shape.frames, plan.stride, 1.0f, scratch);
  stream.pushValues(window, shape.frames);
  stream.window(features);
}

}  // namespace dsp
}  // namespace dormouse
