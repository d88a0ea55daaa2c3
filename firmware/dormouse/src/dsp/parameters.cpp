#include "../math/exact.h"

#include "parameters.h"

#include "../math/math.h"

namespace dormouse {
namespace dsp {

namespace {
const float kRawDefaults[] = {1.0f};
// scale-axes, then which of the seven statistics.
const float kFlattenDefaults[] = {1.0f, 1.0f, 1.0f, 1.0f, 1.0f, 1.0f, 1.0f, 1.0f};
// scale-axes, input-decimation-ratio, filter-type, filter-cutoff, filter-order, fft-length, do-log,
// do-fft-overlap, analysis, wavelet, wavelet-level, extra-low-freq.
const float kSpectralDefaults[] = {1.0f, 1.0f, 0.0f, 3.0f, 6.0f, 16.0f, 1.0f, 1.0f, 0.0f, 3.0f, 1.0f, 0.0f};
// scale-axes, frame-length, frame-stride, fft-length, noise-floor-db.
const float kSpectrogramDefaults[] = {1.0f, 0.02f, 0.01f, 128.0f, -52.0f};
// scale-axes, frame-length, frame-stride, num-filters, fft-length, low-frequency, high-frequency,
// noise-floor-db.
const float kMfeDefaults[] = {1.0f, 0.02f, 0.01f, 40.0f, 256.0f, 0.0f, 0.0f, -52.0f};
// scale-axes, num-cepstral, frame-length, frame-stride, num-filters, fft-length, low-frequency,
// high-frequency, win-size, pre-cof, pre-shift.
const float kMfccDefaults[] = {1.0f, 13.0f, 0.02f, 0.02f, 32.0f, 256.0f, 0.0f, 0.0f, 101.0f, 0.98f, 1.0f};

// image-width, image-height, channels, resize-mode.
const float kImageDefaults[] = {96.0f, 96.0f, 1.0f, 0.0f};

struct Table {
  const float* values;
  uint16_t count;
};

Table tableOf(uint16_t kind) {
  Table table = {nullptr, 0};
  if (kind == kRaw) {
    table.values = kRawDefaults;
    table.count = sizeof kRawDefaults / sizeof kRawDefaults[0];
  } else if (kind == kFlatten) {
    table.values = kFlattenDefaults;
    table.count = sizeof kFlattenDefaults / sizeof kFlattenDefaults[0];
  } else if (kind == kSpectral) {
    table.values = kSpectralDefaults;
    table.count = sizeof kSpectralDefaults / sizeof kSpectralDefaults[0];
  } else if (kind == kSpectrogram) {
    table.values = kSpectrogramDefaults;
    table.count = sizeof kSpectrogramDefaults / sizeof kSpectrogramDefaults[0];
  } else if (kind == kMfe) {
    table.values = kMfeDefaults;
    table.count = sizeof kMfeDefaults / sizeof kMfeDefaults[0];
  } else if (kind == kMfcc) {
    table.values = kMfccDefaults;
    table.count = sizeof kMfccDefaults / sizeof kMfccDefaults[0];
  } else if (kind == kImage) {
    table.values = kImageDefaults;
    table.count = sizeof kImageDefaults / sizeof kImageDefaults[0];
  }
  return table;
}
}  // namespace

uint16_t parameterCount(uint16_t kind) { return tableOf(kind).count; }

float parameterDefault(uint16_t kind, uint16_t index) {
  const Table table = tableOf(kind);
  return index < table.count ? table.values[index] : 0.0f;
}

Status readValues(const Block& block, float params[kMaxParams]) {
  const Table table = tableOf(block.kind);
  if (table.count == 0) return Status::kUnknownBlock;
  if (block.count > table.count) return Status::kBadParameter;
  for (uint16_t i = 0; i < kMaxParams; i++) {
    params[i] = i < block.count ? block.params[i] : (i < table.count ? table.values[i] : 0.0f);
    if (!math::isFinite(params[i])) return Status::kBadParameter;
  }
  return Status::kOk;
}

Status readParameters(const Block& block, const Shape& shape, float params[kMaxParams]) {
  const Status status = readValues(block, params);
  if (status != Status::kOk) return status;
  if (shape.frames == 0 || shape.axes == 0) return Status::kBadParameter;
  if (!math::isFinite(shape.rateHz) || !(shape.rateHz > 0.0f)) return Status::kBadParameter;
  if (shape.frames > kMaxWindowValues / shape.axes) return Status::kTooLarge;
  return Status::kOk;
}

bool wholeNumber(float value, uint32_t low, uint32_t high, uint32_t* whole) {
  if (!(value >= 0.0f && value <= 16777216.0f)) return false;
  const uint32_t rounded = static_cast<uint32_t>(value);
  if (static_cast<float>(rounded) != value || rounded < low || rounded > high) return false;
  *whole = rounded;
  return true;
}

}  // namespace dsp
}  // namespace dormouse
