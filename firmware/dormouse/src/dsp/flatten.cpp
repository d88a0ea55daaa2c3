#include "../math/exact.h"

#include "flatten.h"

#include "parameters.h"
#include "statistics.h"

namespace dormouse {
namespace dsp {

Status flattenCount(const float* params, const Shape& shape, uint32_t* count) {
  uint32_t perAxis = 0;
  for (uint32_t i = 1; i <= 7; i++) {
    uint32_t on = 0;
    if (!wholeNumber(params[i], 0, 1, &on)) return Status::kBadParameter;
    perAxis += on;
  }
  if (perAxis == 0) return Status::kBadParameter;
  *count = perAxis * shape.axes;
  return Status::kOk;
}

void flattenRun(const float* params, const Shape& shape, const float* window, float* features) {
  const float scale = params[0];
  const float magnitude = scale < 0.0f ? -scale : scale;
  for (uint32_t axis = 0; axis < shape.axes; axis++) {
    const Row row = {window + axis, shape.frames, shape.axes};
    const float mean = meanOf(row);
    float low = row.values[0];
    float high = row.values[0];
    for (uint32_t i = 1; i < row.n; i++) {
      const float x = row.values[static_cast<size_t>(i) * row.stride];
      if (x < low) low = x;
      if (x > high) high = x;
    }
    const Moments moments = momentsOf(row, mean);
    // A negative scale turns the signal upside down.
    const float turn = scale < 0.0f ? -1.0f : 1.0f;
    if (params[1] != 0.0f) *features++ = mean * scale;
    if (params[2] != 0.0f) *features++ = (scale < 0.0f ? high : low) * scale;
    if (params[3] != 0.0f) *features++ = (scale < 0.0f ? low : high) * scale;
    if (params[4] != 0.0f) *features++ = rootMeanSquareOf(row) * magnitude;
    if (params[5] != 0.0f) *features++ = moments.stdev * magnitude;
    if (params[6] != 0.0f) *features++ = scale == 0.0f ? 0.0f : moments.skewness * turn;
    if (params[7] != 0.0f) *features++ = scale == 0.0f ? 0.0f : moments.kurtosis;
  }
}

}  // namespace dsp
}  // namespace dormouse
