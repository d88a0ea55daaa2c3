#include "../math/exact.h"

#include "spectral.h"

#include "../math/math.h"
#include "fft.h"
#include "filter.h"
#include "parameters.h"
#include "statistics.h"

namespace dormouse {
namespace dsp {

namespace {
struct Plan {
  float scale;
  uint32_t ratio;
  FilterKind filter;
  uint32_t order;
  float cutoff;  // as a fraction of the decimated rate
  uint32_t fft;
  bool log;
  bool overlap;
  uint32_t firstBin;
  uint32_t endBin;  // one past the last
};

bool readSwitches(const float* params, Plan* plan) {
  uint32_t kind = 0;
  uint32_t log = 0;
  uint32_t overlap = 0;
  if (!wholeNumber(params[2], 0, 2, &kind) || !wholeNumber(params[6], 0, 1, &log) ||
      !wholeNumber(params[7], 0, 1, &overlap))
    return false;
  plan->filter = static_cast<FilterKind>(kind);
  plan->log = log != 0;
  plan->overlap = overlap != 0;
  plan->scale = params[0];
  return true;
}

// Bins that the filter leaves, at least one.
void chooseBins(float rate, Plan* plan, float cutoffHz) {
  const uint32_t half = plan->fft / 2;
  plan->firstBin = 1;
  plan->endBin = half + 1;
  if (plan->filter == kNoFilter) return;
  // cutoff is at most half of the rate, so bin is at most half.
  const float bin = cutoffHz * static_cast<float>(plan->fft) / rate;
  if (plan->filter == kLowPass) {
    const uint32_t last = static_cast<uint32_t>(bin + 0.5f);
    plan->endBin = last < 1 ? 2 : (last > half ? half + 1 : last + 1);
  } else if (bin >= 0.5f) {
    plan->firstBin = static_cast<uint32_t>(bin - 0.5f) + 1;
  }
}

Status makePlan(const float* params, const Shape& shape, Plan* plan) {
  if (!readSwitches(params, plan)) return Status::kBadParameter;
  if (!wholeNumber(params[1], 1, 1000, &plan->ratio) || !wholeNumber(params[4], 2, 8, &plan->order) ||
      !wholeNumber(params[5], kMinFft, kMaxFft, &plan->fft))
    return Status::kBadParameter;
  uint32_t rest = plan->ratio;
  while (rest % 10u == 0) rest /= 10u;
  if ((rest != 1 && rest != 3) || plan->ratio == 300) return Status::kBadParameter;
  if ((plan->order & 1u) != 0 || (plan->fft & (plan->fft - 1u)) != 0) return Status::kBadParameter;
  const float rate = shape.rateHz / static_cast<float>(plan->ratio);
  plan->cutoff = 0.0f;
  if (plan->filter != kNoFilter) {
    plan->cutoff = params[3] / rate;
    // Where values were decimated, what lies above 0.9 of the new Nyquist frequency is no longer there to be
    // filtered.
    const float limit = plan->ratio > 1 ? 0.45f : 0.4999f;
    if (!(plan->cutoff >= 1e-5f && plan->cutoff <= limit)) return Status::kBadParameter;
  }
  chooseBins(rate, plan, params[3]);
  return Status::kOk;
}

// The largest power of each bin over all segments of the signal.
void maximumPowers(const Plan& plan, const float* signal, uint32_t n, const float* quarter, float* work,
                   float* powers) {
  const uint32_t half = plan.fft / 2;
  for (uint32_t i = 0; i <= half; i++) powers[i] = 0.0f;
  const uint32_t step = plan.overlap ? half : plan.fft;
  const float inverse = 1.0f / static_cast<float>(plan.fft);
  for (uint32_t start = 0; start < n; start += step) {
    const uint32_t have = n - start < plan.fft ? n - start : plan.fft;
    for (uint32_t i = 0; i < have; i++) work[i] = signal[start + i];
    for (uint32_t i = have; i < plan.fft; i++) work[i] = 0.0f;
    realFft(plan.fft, quarter, work);
    const float dc = work[0] * work[0] * inverse;
    const float nyquist = work[1] * work[1] * inverse;
    if (dc > powers[0]) powers[0] = dc;
    if (nyquist > powers[half]) powers[half] = nyquist;
    for (uint32_t i = 1; i < half; i++) {
      const float power = (work[2 * i] * work[2 * i] + work[2 * i + 1] * work[2 * i + 1]) * inverse;
      if (power > powers[i]) powers[i] = power;
    }
  }
}

uint32_t prepareSignal(const Plan& plan, const Shape& shape, const float* window, uint32_t axis,
                       float* signal) {
  uint32_t n = shape.frames;
  for (uint32_t i = 0; i < n; i++)
    signal[i] = window[static_cast<size_t>(i) * shape.axes + axis] * plan.scale;
  uint32_t ratio = plan.ratio;
  while (ratio > 1) {
    const uint32_t stage = ratio % 10u == 0 ? 10u : 3u;
    n = decimate(stage, signal, n);
    ratio /= stage;
  }
  if (plan.filter != kNoFilter) butterworth(plan.filter, plan.order, plan.cutoff, signal, n);
  const Row row = {signal, n, 1};
  const float mean = meanOf(row);
  for (uint32_t i = 0; i < n; i++) signal[i] -= mean;
  return n;
}
}  // namespace

Status spectralCount(const float* params, const Shape& shape, uint32_t* count) {
  Plan plan;
  const Status status = makePlan(params, shape, &plan);
  if (status == Status::kOk) *count = (5u + plan.endBin - plan.firstBin) * shape.axes;
  return status;
}

Status spectralScratch(const float* params, const Shape& shape, uint32_t* bytes) {
  Plan plan;
  const Status status = makePlan(params, shape, &plan);
  if (status == Status::kOk) *bytes = (shape.frames + plan.fft + plan.fft / 2 + 1 + plan.fft / 4 + 1) * 4u;
  return status;
}

void spectralRun(const float* params, const Shape& shape, const float* window, float* features,
                 float* scratch) {
  Plan plan;
  if (makePlan(params, shape, &plan) != Status::kOk) return;
  float* const signal = scratch;
  float* const work = signal + shape.frames;
  float* const powers = work + plan.fft;
  float* const quarter = powers + plan.fft / 2 + 1;
  fillQuarterWave(plan.fft, quarter);
  for (uint32_t axis = 0; axis < shape.axes; axis++) {
    const uint32_t n = prepareSignal(plan, shape, window, axis, signal);
    const Row row = {signal, n, 1};
    const Moments time = momentsOf(row, meanOf(row));
    *features++ = rootMeanSquareOf(row);
    *features++ = time.skewness;
    *features++ = time.kurtosis;
    maximumPowers(plan, signal, n, quarter, work, powers);
    const Row spectrum = {powers, plan.fft / 2 + 1, 1};
    const Moments spectral = momentsOf(spectrum, meanOf(spectrum));
    *features++ = spectral.skewness;
    *features++ = spectral.kurtosis;
    for (uint32_t i = plan.firstBin; i < plan.endBin; i++) {
      const float power = powers[i];
      // log10(x) = ln(x) / ln(10)
      *features++ = !plan.log ? power : math::logarithm(power > 1e-10f ? power : 1e-10f) * 0.434294492f;
    }
  }
}

}  // namespace dsp
}  // namespace dormouse
