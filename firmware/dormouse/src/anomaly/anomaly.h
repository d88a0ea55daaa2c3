/**
 * How unusual a row of normalised features is, by what normal rows taught: distance to clusters, a mixture of
 * Gaussians, or how badly an autoencoder gives the row back. The same bits on every machine.
 *
 * Reads its tables in place from an image's anomaly section (MODEL_SLOT.md 1), whose bytes nobody has
 * checked. Knows nothing of images, sensors or boards.
 */
#ifndef DORMOUSE_ANOMALY_ANOMALY_H
#define DORMOUSE_ANOMALY_ANOMALY_H

#include <stdint.h>

namespace dormouse {
namespace anomaly {

/** Numbers of MODEL_SLOT.md 1. */
enum Kind : uint32_t { kClusters = 1, kMixture = 2, kReconstruction = 3 };
enum : uint32_t { kSectionHeader = 16, kMaxParts = 256 };

struct Detector {
  Kind kind;
  uint32_t features;
  uint32_t parts;       // clusters or components; 0 for a reconstruction
  float threshold;      // a score above it is unusual
  const float* tables;  // 4-aligned, as in the section
};

/** nullptr, or one plain sentence that says what is wrong. `section`: 4-aligned. */
const char* readDetector(const uint8_t* section, uint32_t bytes, Detector* detector);

/**
 * score / threshold of one row of detector.features values: above 1 is unusual. Clusters: the least of
 * distance * factor over all clusters. Mixture: sqrt(-2 log of the mixture's density relative to its
 * offsets), which of a single component is the distance in standard deviations. Infinity where the row holds
 * what is no number. Not for a reconstruction.
 */
float score(const Detector& detector, const float* features);

/**
 * The same for an autoencoder: sqrt(mean of (feature - output)^2), output = scale * (q - zeroPoint), over
 * threshold.
 */
float reconstructionScore(const Detector& detector, const float* features, const int8_t* output, float scale,
                          int32_t zeroPoint);

}  // namespace anomaly
}  // namespace dormouse

#endif
