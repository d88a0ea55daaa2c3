// How unusual rows are: at least 1,000 random detectors of each kind, each with a row of its own; one hash
// each. Part of the program of bits.cpp.
#include "math/exact.h"

#include "anomaly/anomaly.h"

#include "bits.h"
#include "numbers.h"

using namespace dormouse;

namespace {
const uint32_t kCases = 1200;
const uint32_t kMaxFeatures = 40;
const uint32_t kMaxParts = 6;

float tables[kMaxParts * (1 + 2 * kMaxFeatures)];
float features[kMaxFeatures];
int8_t output[kMaxFeatures];

// Between 2^-10 and 2^10.
float positive(Numbers& numbers) {
  const uint32_t exponent = 117 + numbers.below(20);
  return math::floatOf(exponent << 23 | (numbers.next() & 0x7FFFFFu));
}

// Rows like the normal ones and far from them, huge and tiny, and now and then with what is no number.
void fillRow(Numbers& numbers, uint32_t count) {
  static const float scales[] = {1.0f, 1.0f, 1.0f, 4.0f, 1e-6f, 1e-30f, 1e9f, 1e18f, 3e38f};
  const float scale = scales[numbers.below(9)];
  for (uint32_t i = 0; i < count; i++) features[i] = numbers.unit() * scale;
  const uint32_t kind = numbers.below(30);
  if (kind == 0) features[numbers.below(count)] = math::floatOf(0x7FC00000u);
  if (kind == 1) features[numbers.below(count)] = math::floatOf(0x7F800000u);
}

anomaly::Detector makeDetector(Numbers& numbers, anomaly::Kind kind) {
  anomaly::Detector detector;
  detector.kind = kind;
  detector.features = 1 + numbers.below(kMaxFeatures);
  detector.parts = 1 + numbers.below(kMaxParts);
  detector.threshold = positive(numbers);
  detector.tables = tables;
  float* table = tables;
  for (uint32_t part = 0; part < detector.parts; part++) {
    const bool clusters = kind == anomaly::kClusters;
    *table++ = clusters ? positive(numbers) : numbers.unit() * 20.0f - 20.0f;
    for (uint32_t i = 0; i < detector.features; i++) *table++ = numbers.unit() * 3.0f;
    for (uint32_t i = 0; i < detector.features && !clusters; i++) *table++ = positive(numbers);
  }
  return detector;
}

void scoreBits(Print print, const char* name, anomaly::Kind kind) {
  Numbers numbers = {static_cast<uint32_t>(kind)};
  Hash hash;
  for (uint32_t i = 0; i < kCases; i++) {
    const anomaly::Detector detector = makeDetector(numbers, kind);
    fillRow(numbers, detector.features);
    hash.add(anomaly::score(detector, features));
  }
  report(print, name, hash);
}

void reconstructionBits(Print print) {
  Numbers numbers = {3};
  Hash hash;
  for (uint32_t i = 0; i < kCases; i++) {
    anomaly::Detector detector = makeDetector(numbers, anomaly::kReconstruction);
    detector.parts = 0;
    fillRow(numbers, detector.features);
    for (int8_t& x : output) x = numbers.byte();
    const int32_t zeroPoint = numbers.byte();
    hash.add(anomaly::reconstructionScore(detector, features, output, positive(numbers), zeroPoint));
  }
  report(print, "reconstruction", hash);
}
}  // namespace

void anomalyBits(Print print) {
  scoreBits(print, "clusters", anomaly::kClusters);
  scoreBits(print, "mixture", anomaly::kMixture);
  reconstructionBits(print);
}
