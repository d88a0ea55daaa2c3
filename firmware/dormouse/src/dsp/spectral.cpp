#include "../math/exact.h"

#include "spectral.h"

#include "../math/math.h"
#include "fft.h"
#include "filter.h"
#include "parameters.h"
#include "statistics.h"
#include "wavelet.h"
#include "wavelet_tables.h"

namespace dormouse {
namespace dsp {

namespace {
enum Analysis { kFft = 0, kWavelet = 1 };
const uint32_t kLowRatio = 10;  // of the spectrum that extra-low-freq adds

// The bins that become features: from `first` to the one before `end`, at least one.
struct Bins {
  uint32_t first, end;
  uint32_t count() const { return end - first; }
};

struct Plan {
  float scale;
  uint32_t ratio;
  FilterKind filter;
  uint32_t order;  // 0: only the bins are chosen
  float cutoff;    // as a fraction of the decimated rate
  uint32_t fft;
  bool log, overlap;
  bool low;  // a second spectrum of the slow end
  Bins bins, lowBins;
  uint32_t wavelet, level;  // level 0: Fourier
  uint32_t frames;          // of the decimated signal
  uint32_t perAxis() const {
    return level != 0 ? (level + 1) * kWaveletFeatures : 5 + bins.count() + (low ? 5 + lowBins.count() : 0);
  }
};

bool readSwitches(const float* params, Plan* plan) {
  uint32_t kind = 0;
  uint32_t log = 0;
  uint32_t overlap = 0;
  uint32_t low = 0;
  if (!wholeNumber(params[2], 0, 2, &kind) || !wholeNumber(params[6], 0, 1, &log) ||
      !wholeNumber(params[7], 0, 1, &overlap) || !wholeNumber(params[11], 0, 1, &low))
    return false;
  plan->filter = static_cast<FilterKind>(kind);
  plan->log = log != 0;
  plan->overlap = overlap != 0;
  plan->low = low != 0;
  plan->scale = params[0];
  return true;
}

bool readWavelet(const float* params, Plan* plan) {
  uint32_t analysis = 0;
  if (!wholeNumber(params[8], kFft, kWavelet, &analysis) ||
      !wholeNumber(params[9], 0, kWavelets - 1, &plan->wavelet) ||
      !wholeNumber(params[10], 1, kMaxWaveletLevel, &plan->level))
    return false;
  if (analysis == kFft) {
    plan->level = 0;
  } else {
    plan->low = false;
  }
  return true;
}

// Bins that the filter leaves.
Bins binsOf(const Plan& plan, float rate, float cutoffHz) {
  const uint32_t half = plan.fft / 2;
  Bins bins = {1, half + 1};
  if (plan.filter == kNoFilter) return bins;
  const float bin =
      cutoffHz > rate * 0.5f ? static_cast<float>(half) : cutoffHz * static_cast<float>(plan.fft) / rate;
  if (plan.filter == kLowPass) {
    const uint32_t last = static_cast<uint32_t>(bin + 0.5f);
    bins.end = last < 1 ? 2 : (last > half ? half + 1 : last + 1);
  } else if (bin >= 0.5f) {
    bins.first = static_cast<uint32_t>(bin - 0.5f) + 1;
  }
  return bins;
}

uint32_t stageOf(uint32_t ratio) { return ratio % 3u == 0 ? 3u : 10u; }

Status makePlan(const float* params, const Shape& shape, Plan* plan) {
  if (!readSwitches(params, plan) || !readWavelet(params, plan)) return Status::kBadParameter;
  if (!wholeNumber(params[1], 1, 1000, &plan->ratio) || !wholeNumber(params[4], 0, 8, &plan->order) ||
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
    const float limit = plan->ratio > 1 ? 0.45f : (plan->order == 0 ? 3.0e38f : 0.4999f);
    if (!(plan->cutoff >= 1e-5f && plan->cutoff <= limit)) return Status::kBadParameter;
  }
  plan->bins = binsOf(*plan, rate, params[3]);
  plan->lowBins = binsOf(*plan, rate / static_cast<float>(kLowRatio), params[3]);
  plan->frames = shape.frames;
  for (uint32_t left = plan->ratio; left > 1; left /= stageOf(left))
    plan->frames = (plan->frames + stageOf(left) - 1) / stageOf(left);
  if (plan->level != 0 && plan->frames < waveletMinimum(plan->level)) return Status::kBadParameter;
  if (plan->low && (plan->frames + kLowRatio - 1) / kLowRatio < plan->fft / 2) return Status::kBadParameter;
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

void removeMean(float* signal, uint32_t n) {
  const Row row = {signal, n, 1};
  const float mean = meanOf(row);
  for (uint32_t i = 0; i < n; i++) signal[i] -= mean;
}

void prepareSignal(const Plan& plan, const Shape& shape, const float* window, uint32_t axis, float* signal) {
  uint32_t n = shape.frames;
  for (uint32_t i = 0; i < n; i++)
    signal[i] = window[static_cast<size_t>(i) * shape.axes + axis] * plan.scale;
  for (uint32_t left = plan.ratio; left > 1; left /= stageOf(left)) n = decimate(stageOf(left), signal, n);
  if (plan.filter != kNoFilter && plan.order != 0)
    butterworth(plan.filter, plan.order, plan.cutoff, signal, n);
  removeMean(signal, n);
}

// The spectrum's working memory; `quarter` is filled.
struct Spectrum {
  float* work;
  float* powers;
  const float* quarter;
};

void describe(const Plan& plan, const Bins& bins, const float* signal, uint32_t n, const Spectrum& at,
              float* features) {
  const Row row = {signal, n, 1};
  const Moments time = momentsOf(row, meanOf(row));
  *features++ = rootMeanSquareOf(row);
  *features++ = time.skewness;
  *features++ = time.kurtosis;
  maximumPowers(plan, signal, n, at.quarter, at.work, at.powers);
  const Row spectrum = {at.powers, plan.fft / 2 + 1, 1};
  const Moments spectral = momentsOf(spectrum, meanOf(spectrum));
  *features++ = spectral.skewness;
  *features++ = spectral.kurtosis;
  for (uint32_t i = bins.first; i < bins.end; i++) {
    const float power = at.powers[i];
    // log10(x) = ln(x) / ln(10)
    *features++ = !plan.log ? power : math::logarithm(power > 1e-10f ? power : 1e-10f) * 0.434294492f;
  }
}

void runFourier(const Plan& plan, const Shape& shape, const float* window, float* features, float* scratch) {
  float* const work = scratch + shape.frames;
  float* const powers = work + plan.fft;
  float* const quarter = powers + plan.fft / 2 + 1;
  const Spectrum spectrum = {work, powers, quarter};
  fillQuarterWave(plan.fft, quarter);
  // The slow ends of all axes stand behind the axes themselves.
  float* slow = features + (5 + plan.bins.count()) * shape.axes;
  for (uint32_t axis = 0; axis < shape.axes; axis++) {
    prepareSignal(plan, shape, window, axis, scratch);
    describe(plan, plan.bins, scratch, plan.frames, spectrum, features);
    features += 5 + plan.bins.count();
    if (!plan.low) continue;
    const uint32_t n = decimate(kLowRatio, scratch, plan.frames);
    removeMean(scratch, n);
    describe(plan, plan.lowBins, scratch, n, spectrum, slow);
    slow += 5 + plan.lowBins.count();
  }
}
}  // namespace

Status spectralCount(const float* params, const Shape& shape, uint32_t* count) {
  Plan plan;
  const Status status = makePlan(params, shape, &plan);
  if (status == Status::kOk) *count = plan.perAxis() * shape.axes;
  return status;
}

Status spectralScratch(const float* params, const Shape& shape, uint32_t* bytes) {
  Plan plan;
  const Status status = makePlan(params, shape, &plan);
  if (status != Status::kOk) return status;
  const uint32_t fourier = plan.fft + plan.fft / 2 + 1 + plan.fft / 4 + 1;
  *bytes = (shape.frames + (plan.level != 0 ? waveletWork(plan.frames) : fourier)) * 4u;
  return status;
}

void spectralRun(const float* params, const Shape& shape, const float* window, float* features,
                 float* scratch) {
  Plan plan;
  if (makePlan(params, shape, &plan) != Status::kOk) return;
  if (plan.level == 0) return runFourier(plan, shape, window, features, scratch);
  for (uint32_t axis = 0; axis < shape.axes; axis++, features += plan.perAxis()) {
    prepareSignal(plan, shape, window, axis, scratch);
    waveletRun(plan.wavelet, plan.level, scratch, plan.frames, scratch + shape.frames, features);
  }
}

}  // namespace dsp
}  // namespace dormouse
