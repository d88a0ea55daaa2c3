// From features to a model's input: normalise() and quantise() of dsp.h.
#include "../math/exact.h"

#include "dsp.h"

#include "../math/math.h"

namespace dormouse {
namespace dsp {

void normalise(float* features, uint32_t n, const float* mean, const float* inverseStd, uint32_t period) {
  uint32_t at = 0;
  for (uint32_t i = 0; i < n; i++) {
    features[i] = (features[i] - mean[at]) * inverseStd[at];
    at = at + 1 == period ? 0 : at + 1;
  }
}

void quantise(const float* in, uint32_t n, float scale, int32_t zeroPoint, int8_t* out) {
  for (uint32_t i = 0; i < n; i++) {
    // 64 bits, so that no rounded value and no zero point can overflow the sum.
    int64_t q = static_cast<int64_t>(math::roundAway(in[i] / scale)) + zeroPoint;
    if (q > 127) q = 127;
    if (q < -128) q = -128;
    out[i] = static_cast<int8_t>(q);
  }
}

}  // namespace dsp
}  // namespace dormouse
