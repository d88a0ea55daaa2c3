#include "../math/exact.h"

#include "dsp.h"

#include "../math/math.h"
#include "flatten.h"
#include "image.h"
#include "parameters.h"
#include "sound.h"
#include "spectral.h"

namespace dormouse {
namespace dsp {

namespace {
bool allFinite(const float* values, uint32_t n) {
  for (uint32_t i = 0; i < n; i++) {
    if (!math::isFinite(values[i])) return false;
  }
  return true;
}

Status countFor(const Block& block, const float* params, const Shape& shape, uint32_t* count) {
  switch (block.kind) {
    case kRaw:
      *count = shape.frames * shape.axes;
      return Status::kOk;
    case kFlatten:
      return flattenCount(params, shape, count);
    case kSpectral:
      return spectralCount(params, shape, count);
    case kSpectrogram:
    case kMfe:
    case kMfcc:
      return soundCount(block.kind, params, shape, count);
    case kImage:
      return imageCount(params, shape, count);
    default:
      return Status::kUnknownBlock;
  }
}

Status scratchFor(const Block& block, const float* params, const Shape& shape, uint32_t* bytes) {
  *bytes = 0;
  if (block.kind == kSpectral) return spectralScratch(params, shape, bytes);
  if (block.kind == kImage) return imageScratch(params, shape, bytes);
  return isSound(block.kind) ? soundScratch(block.kind, params, shape, bytes) : Status::kOk;
}
}  // namespace

Status featureCount(const Block& block, const Shape& shape, uint32_t* count) {
  *count = 0;
  float params[kMaxParams];
  const Status status = readParameters(block, shape, params);
  return status != Status::kOk ? status : countFor(block, params, shape, count);
}

Status scratchBytes(const Block& block, const Shape& shape, uint32_t* bytes) {
  *bytes = 0;
  float params[kMaxParams];
  const Status status = readParameters(block, shape, params);
  return status != Status::kOk ? status : scratchFor(block, params, shape, bytes);
}

Status run(const Block& block, const Shape& shape, const float* window, float* features, void* scratch,
           uint32_t scratchBytes) {
  float params[kMaxParams];
  Status status = readParameters(block, shape, params);
  if (status != Status::kOk) return status;
  uint32_t count = 0;
  status = countFor(block, params, shape, &count);
  if (status != Status::kOk) return status;
  uint32_t needed = 0;
  status = scratchFor(block, params, shape, &needed);
  if (status != Status::kOk) return status;
  if (scratchBytes < needed) return Status::kScratchTooSmall;
  const uint32_t values = shape.frames * shape.axes;
  if (!allFinite(window, values)) return Status::kNotFinite;
  if (block.kind == kRaw) {
    for (uint32_t i = 0; i < values; i++) features[i] = window[i] * params[0];
  } else if (block.kind == kFlatten) {
    flattenRun(params, shape, window, features);
  } else if (block.kind == kSpectral) {
    spectralRun(params, shape, window, features, static_cast<float*>(scratch));
  } else if (isSound(block.kind)) {
    soundRun(block.kind, params, shape, window, features, scratch);
  } else {
    imageRun(params, shape, window, features, scratch);
  }
  return allFinite(features, count) ? Status::kOk : Status::kNotFinite;
}

}  // namespace dsp
}  // namespace dormouse
