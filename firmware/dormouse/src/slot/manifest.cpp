/** Reads a manifest into a plain struct, and holds every number in it to its range. */
#include <string.h>

#include "../wire/bytes.h"
#include "image.h"

namespace dormouse {
namespace slot {

using wire::CborReader;
using wire::Text;

enum Key : uint32_t {
  kVersion,
  kName,
  kLabels,
  kSensor,
  kAxes,
  kUnits,
  kRate,
  kWindow,
  kStride,
  kDsp,
  kParams,
  kFeatures,
  kThreshold,
  kSmoothing,
  kArena,
  kRequired,
  kWidth = kRequired,
  kHead,
  kSuppress,
  kThresholds,
  kKeys
};

static const char* const kNames[kKeys] = {
    "v",      "name",     "labels",    "sensor",    "axes",  "units", "rate", "window",   "stride",    "dsp",
    "params", "features", "threshold", "smoothing", "arena", "width", "head", "suppress", "thresholds"};

static bool readTexts(CborReader& reader, Text* texts, uint32_t most, uint32_t* count) {
  if (!reader.array(count) || *count < 1 || *count > most) return false;
  for (uint32_t i = 0; i < *count; i++) {
    Text text;
    if (!reader.text(&text)) return false;
    if (texts) texts[i] = text;
  }
  return true;
}

static bool readParams(CborReader& reader, dsp::Block* block) {
  const uint8_t* data;
  uint32_t bytes;
  if (!reader.bytes(&data, &bytes) || bytes % 4 != 0 || bytes / 4 > dsp::kMaxParams) return false;
  block->count = static_cast<uint16_t>(bytes / 4);
  for (uint32_t i = 0; i < block->count; i++) {
    const uint32_t bits = wire::load32(data + 4 * i);
    memcpy(&block->params[i], &bits, sizeof bits);
  }
  return true;
}

static bool inRange(CborReader& reader, uint32_t low, uint32_t high, uint32_t* value) {
  return reader.uint32(value) && *value >= low && *value <= high;
}

struct Reading {
  uint32_t version;
  uint32_t units;
  uint32_t kind;
  uint32_t thresholdBytes;
};

/** As many uint16 as there are labels, which may not be known yet. */
static bool readThresholds(CborReader& reader, Manifest* manifest, Reading* reading) {
  if (!reader.bytes(&manifest->thresholds, &reading->thresholdBytes)) return false;
  if (reading->thresholdBytes % 2 != 0) return false;
  for (uint32_t at = 0; at < reading->thresholdBytes; at += 2) {
    if (wire::load16(manifest->thresholds + at) > 1000) return false;
  }
  return true;
}

static bool readValue(CborReader& reader, uint32_t key, Manifest* manifest, Reading* reading) {
  const uint32_t any = 0xffffffffu;
  switch (key) {
    case kVersion:
      return inRange(reader, 1, 1, &reading->version);
    case kName:
      return reader.text(&manifest->name);
    case kLabels:
      return readTexts(reader, nullptr, kMaxLabels, &manifest->labels);
    case kSensor:
      return reader.text(&manifest->sensor);
    case kAxes:
      return readTexts(reader, manifest->axisNames, kMaxAxes, &manifest->axes);
    case kUnits:
      return readTexts(reader, manifest->axisUnits, kMaxAxes, &reading->units);
    case kRate:
      return inRange(reader, 1, any, &manifest->rateMilliHz);
    case kWindow:
      return inRange(reader, 1, 1u << 20, &manifest->window);
    case kStride:
      return inRange(reader, 1, 1u << 24, &manifest->stride);
    case kDsp:
      return inRange(reader, 0, 0xffff, &reading->kind);
    case kParams:
      return readParams(reader, &manifest->block);
    case kFeatures:
      return inRange(reader, 1, 1u << 24, &manifest->features);
    case kThreshold:
      return inRange(reader, 0, 1000, &manifest->threshold);
    case kSmoothing:
      return inRange(reader, 1, kMaxSmoothing, &manifest->smoothing);
    case kWidth:
      return inRange(reader, 1, kMaxWidth, &manifest->width);
    case kHead:
      return inRange(reader, kClasses, kNoModel, &manifest->head);
    case kSuppress:
      return inRange(reader, 0, kMaxSuppress, &manifest->suppress);
    case kThresholds:
      return readThresholds(reader, manifest, reading);
    default:
      return inRange(reader, 0, any, &manifest->arena);
  }
}

const char* readManifest(Section section, Manifest* manifest) {
  static const char* const kDamaged = "The image's manifest is damaged.";
  CborReader reader(section.data, section.bytes);
  Reading reading = {0, 0, 0, 0};
  uint32_t pairs;
  uint32_t seen = 0;
  manifest->width = 0;
  manifest->head = kClasses;
  manifest->suppress = 0;
  manifest->thresholds = nullptr;
  if (!reader.map(&pairs)) return kDamaged;
  for (uint32_t i = 0; i < pairs; i++) {
    Text name;
    if (!reader.text(&name)) return kDamaged;
    uint32_t key = 0;
    while (key < kKeys && !wire::same(name, kNames[key])) key++;
    if (key == kKeys) {
      if (!reader.skip()) return kDamaged;
      continue;
    }
    if ((seen & (1u << key)) != 0) return kDamaged;
    seen |= 1u << key;
    if (!readValue(reader, key, manifest, &reading))
      return "The image's manifest has a value that cannot be.";
  }
  const uint32_t required = (1u << kRequired) - 1;
  if ((seen & required) != required) return "The image's manifest is not complete.";
  if (reading.units != manifest->axes) return "The image's manifest has not one unit for each axis.";
  if (manifest->thresholds && reading.thresholdBytes != 2 * manifest->labels)
    return "The image's manifest has not one threshold for each label.";
  if (manifest->width != 0 && manifest->window % manifest->width != 0)
    return "The image's picture is not made of whole rows.";
  manifest->block.kind = static_cast<uint16_t>(reading.kind);
  return nullptr;
}

}  // namespace slot
}  // namespace dormouse
