// What src/core/anomaly.ts calls: rows of features scored by an anomaly section, as a board scores them.
#include "anomaly/anomaly.h"

using namespace dormouse;

extern "C" {

// `rows` rows of normalised features; score / threshold of each to `out`. For a reconstruction `outputs` are
// the autoencoder's int8 rows. 0 done, 1 the section is damaged or `features` is not its.
__attribute__((export_name("core_anomaly"))) uint32_t core_anomaly(const uint8_t* section, uint32_t bytes,
                                                                   const float* rows, uint32_t count,
                                                                   uint32_t features, const int8_t* outputs,
                                                                   float scale, int32_t zeroPoint,
                                                                   float* out) {
  anomaly::Detector detector;
  if (anomaly::readDetector(section, bytes, &detector) || detector.features != features) return 1;
  for (uint32_t row = 0; row < count; row++) {
    const float* values = rows + static_cast<uint64_t>(row) * features;
    out[row] =
        detector.kind == anomaly::kReconstruction
            ? anomaly::reconstructionScore(detector, values, outputs + row * features, scale, zeroPoint)
            : anomaly::score(detector, values);
  }
  return 0;
}
}
