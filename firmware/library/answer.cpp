/** Runs the network and the anomaly score, and judges what came out. */
#include "../math/exact.h"

#include "answer.h"

#include <string.h>

#include "../device/judge.h"
#include "../math/math.h"
#if DORMOUSE_HAS_NETWORK
#include "network.h"
#endif
#if DORMOUSE_HAS_ANOMALY
#include "../anomaly/anomaly.h"
#endif
#if DORMOUSE_HAS_OBJECTS
#include "../objects/objects.h"
#endif

namespace dormouse_model {

using namespace dormouse;

namespace {
bool begun_ = false;
slot::Manifest manifest_;
device::Judge judge_;
alignas(4) uint8_t judgeMemory_[data::kJudgeBytes];

#if DORMOUSE_HAS_ANOMALY
anomaly::Detector detector_;
#endif
#if DORMOUSE_HAS_OBJECTS
int8_t best_[kLabels];
#endif

/** What the judge reads of it. */
void fillManifest() {
  manifest_.labels = kLabels;
  manifest_.threshold = data::kThreshold;
  manifest_.smoothing = data::kSmoothing;
  manifest_.suppress = data::kSuppress;
  manifest_.thresholds = data::kThresholds;
}

#if DORMOUSE_HAS_NETWORK
static_assert(static_cast<uint32_t>(network::kInputBytes) == data::kFeatures,
              "The network takes all features.");
#endif

#if DORMOUSE_HAS_OBJECTS
objects::Grid grid() {
  const objects::Grid cells = {network::output(), data::kGridRows, data::kGridColumns, kLabels};
  return cells;
}
#endif

/** One per label, or none where only the unusual is told. */
const int8_t* scores() {
#if DORMOUSE_HAS_OBJECTS
  return best_;
#elif DORMOUSE_HAS_NETWORK
  return network::output();
#else
  return reinterpret_cast<const int8_t*>(judgeMemory_);
#endif
}

void judge(float ratio, Result* result) {
  for (uint32_t i = 0; i < kLabels; i++) result->scores[i] = 0.0f;
#if DORMOUSE_HAS_SCORES
  for (uint32_t i = 0; i < data::kScores; i++)
    result->scores[i] = static_cast<float>(scores()[i] - data::kOutputZeroPoint) * data::kOutputScale;
#endif
  result->anomaly = ratio;
  result->label = judge_.add(scores(), ratio);
  result->name = labelName(result->label);
}
}  // namespace

const char* labelName(int16_t label) {
  if (label == kUnusual) return "unusual";
  return label < 0 || label >= static_cast<int16_t>(kLabels) ? "" : data::kLabelNames[label];
}

const int8_t* rawOutput(uint32_t* bytes) {
#if DORMOUSE_HAS_NETWORK
  *bytes = begun_ ? static_cast<uint32_t>(network::kOutputBytes) : 0;
  return begun_ ? network::output() : nullptr;
#else
  *bytes = 0;
  return nullptr;
#endif
}

#if DORMOUSE_HAS_OBJECTS
bool nextObject(uint32_t* cell, Object* object) {
  if (!begun_) return false;
  int16_t least[kLabels];
  for (uint32_t i = 0; i < kLabels; i++) least[i] = judge_.leastScore(i);
  objects::Object found;
  if (!objects::next(grid(), least, cell, &found)) return false;
  object->label = found.label;
  object->name = labelName(found.label);
  object->score = static_cast<float>(found.score - data::kOutputZeroPoint) * data::kOutputScale;
  object->x = static_cast<float>(found.x) / 65535.0f;
  object->y = static_cast<float>(found.y) / 65535.0f;
  return true;
}
#endif

namespace internal {

bool begun() { return begun_; }

Status begin() {
  begun_ = false;
#if DORMOUSE_KEEPS_STATE
  network::reset();
#endif
#if DORMOUSE_HAS_ANOMALY
  if (anomaly::readDetector(data::kAnomaly, data::kAnomalyBytes, &detector_) != nullptr)
    return Status::kBroken;
#endif
  fillManifest();
  if (device::Judge::memoryBytes(manifest_, data::kScores, DORMOUSE_HAS_ANOMALY != 0) > sizeof judgeMemory_)
    return Status::kBroken;
  judge_.begin(&manifest_, data::kScores, DORMOUSE_HAS_ANOMALY != 0, data::kOutputScale,
               data::kOutputZeroPoint, judgeMemory_);
  begun_ = true;
  return Status::kOk;
}

void forget() {
  if (!begun_) return;
#if DORMOUSE_KEEPS_STATE
  network::reset();
#endif
  judge_.reset();
}

dsp::Shape shape() {
  const dsp::Shape shape = {kWindowFrames, static_cast<uint16_t>(kAxes),
                            static_cast<float>(data::kRateMilliHz) / 1000.0f, data::kPictureWidth};
  return shape;
}

bool allFinite(const float* values, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    if (!math::isFinite(values[i])) return false;
  }
  return true;
}

#if DORMOUSE_HAS_NETWORK
int8_t* input() { return network::input(); }

dsp::InputScale inputScale() {
  const dsp::InputScale scale = {data::kMean, data::kInverseStd, data::kNormalised, data::kInputScale,
                                 data::kInputZeroPoint};
  return scale;
}

Status fromInput(Result* result) {
  network::invoke();
#if DORMOUSE_HAS_OBJECTS
  objects::best(grid(), best_);
#endif
  judge(0.0f, result);
  return Status::kOk;
}
#endif

#if DORMOUSE_FROM_FEATURES
Status fromFeatures(float* features, Result* result) {
  float ratio = 0.0f;
  if (data::kNormalised > 0)
    dsp::normalise(features, data::kFeatures, data::kMean, data::kInverseStd, data::kNormalised);
#if DORMOUSE_HAS_NETWORK
  dsp::quantise(features, data::kFeatures, data::kInputScale, data::kInputZeroPoint, input());
  network::invoke();
#endif
#if DORMOUSE_RECONSTRUCTS
  ratio = anomaly::reconstructionScore(detector_, features, network::output(), data::kOutputScale,
                                       data::kOutputZeroPoint);
#elif DORMOUSE_HAS_ANOMALY
  ratio = anomaly::score(detector_, features);
#endif
  judge(ratio, result);
  return Status::kOk;
}
#endif

}  // namespace internal
}  // namespace dormouse_model
