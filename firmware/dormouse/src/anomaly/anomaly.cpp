/** Reads an anomaly section, and scores rows by it. */
#include "../math/exact.h"

#include "anomaly.h"

#include "../math/math.h"
#include "../wire/bytes.h"

namespace dormouse {
namespace anomaly {

/** A call, so that compilers told of -Ofast do not reason about it, and nothing has to run before main(). */
static float infinity() { return math::floatOf(0x7f800000u); }
static const uint32_t kMostFeatures = 1u << 24;

/** Smaller ones count as 0, so that no square is subnormal: processors without a floating point unit flush
 * those. */
static const float kLeastDifference = 8.67361737988403547e-19f;  // 2^-60

static float squared(float difference) {
  const bool counts = !(difference < kLeastDifference && difference > -kLeastDifference);
  return counts ? difference * difference : 0.0f;
}

/** A sum of squares that is no number any more is as large as can be. */
static float sound(float sum) { return sum <= infinity() ? sum : infinity(); }

static uint64_t valuesOf(const Detector& detector) {
  const uint64_t perPart = detector.kind == kClusters ? 1u + static_cast<uint64_t>(detector.features)
                                                      : 1u + 2u * static_cast<uint64_t>(detector.features);
  return detector.kind == kReconstruction ? 0u : perPart * detector.parts;
}

const char* readDetector(const uint8_t* section, uint32_t bytes, Detector* detector) {
  static const char* const kDamaged = "The image's anomaly section is damaged.";
  if (bytes < kSectionHeader) return kDamaged;
  const uint32_t kind = wire::load32(section);
  if (kind < kClusters || kind > kReconstruction)
    return "The image detects anomalies in a way that this firmware does not know.";
  detector->kind = static_cast<Kind>(kind);
  detector->features = wire::load32(section + 4);
  detector->parts = wire::load32(section + 8);
  detector->threshold = math::floatOf(wire::load32(section + 12));
  detector->tables = reinterpret_cast<const float*>(section + kSectionHeader);
  const bool tables = kind != kReconstruction;
  if (detector->features < 1 || detector->features > kMostFeatures || detector->parts > kMaxParts ||
      (detector->parts > 0) != tables || bytes - kSectionHeader != valuesOf(*detector) * 4)
    return kDamaged;
  if (!math::isFinite(detector->threshold) || !(detector->threshold > 0.0f)) return kDamaged;
  const uint32_t values = (bytes - kSectionHeader) / 4;
  for (uint32_t i = 0; i < values; i++) {
    if (!math::isFinite(detector->tables[i])) return kDamaged;
  }
  return nullptr;
}

/** A quotient that compares as it should whatever the score is. */
static float overThreshold(float value, float threshold) {
  const float ratio = value / threshold;
  return ratio <= infinity() ? ratio : infinity();  // not a number: nothing is more unusual
}

static float clusterScore(const Detector& detector, const float* features) {
  const uint32_t n = detector.features;
  const float* table = detector.tables;
  float least = infinity();
  for (uint32_t part = 0; part < detector.parts; part++, table += 1 + n) {
    float sum = 0.0f;
    for (uint32_t i = 0; i < n; i++) sum += squared(features[i] - table[1 + i]);
    const float distance = math::squareRoot(sound(sum)) * table[0];
    if (distance < least) least = distance;
  }
  return least;
}

/** Offset of the component minus half the squared distance in its standard deviations. */
static float logDensity(const float* component, uint32_t n, const float* features) {
  const float* mean = component + 1;
  const float* inverse = mean + n;
  float sum = 0.0f;
  for (uint32_t i = 0; i < n; i++) sum += squared((features[i] - mean[i]) * inverse[i]);
  return component[0] - 0.5f * sound(sum);
}

static float mixtureScore(const Detector& detector, const float* features) {
  const uint32_t n = detector.features;
  const uint32_t step = 1 + 2 * n;
  float largest = -infinity();
  for (uint32_t part = 0; part < detector.parts; part++) {
    const float density = logDensity(detector.tables + part * step, n, features);
    if (density > largest) largest = density;
  }
  if (!math::isFinite(largest)) return infinity();
  // Twice the work instead of an array: a board has no memory to spare for densities.
  float total = 0.0f;
  for (uint32_t part = 0; part < detector.parts; part++)
    total += math::exponential(logDensity(detector.tables + part * step, n, features) - largest);
  const float energy = -2.0f * (largest + math::logarithm(total));
  return energy > 0.0f ? math::squareRoot(energy) : 0.0f;
}

float score(const Detector& detector, const float* features) {
  const float value =
      detector.kind == kClusters ? clusterScore(detector, features) : mixtureScore(detector, features);
  return overThreshold(value, detector.threshold);
}

float reconstructionScore(const Detector& detector, const float* features, const int8_t* output, float scale,
                          int32_t zeroPoint) {
  float sum = 0.0f;
  for (uint32_t i = 0; i < detector.features; i++) {
    const float given = scale * static_cast<float>(output[i] - zeroPoint);
    sum += squared(features[i] - given);
  }
  return overThreshold(math::squareRoot(sound(sum) / static_cast<float>(detector.features)),
                       detector.threshold);
}

}  // namespace anomaly
}  // namespace dormouse
