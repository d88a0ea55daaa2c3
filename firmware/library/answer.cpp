/** Runs the network and the anomaly score, and judges what came out. */
#include "../math/exact.h"

#include "answer.h"

#include <string.h>

#include "../device/judge.h"
#include "../math/math.h"
#if DORMOUSE_HAS_NETWORK
#include "../nn/nn.h"
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

#if DORMOUSE_HAS_NETWORK
nn::Model model_;
nn::TensorView input_;
nn::TensorView output_;
alignas(16) uint8_t memory_[data::kModelMemory];
#endif
#if DORMOUSE_HAS_ANOMALY
anomaly::Detector detector_;
#endif
#if DORMOUSE_HAS_OBJECTS
objects::Grid grid_;
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
bool loadNetwork() {
  if (model_.load(data::kNetwork, data::kNetworkBytes, memory_, sizeof memory_) != nn::Status::kOk)
    return false;
  input_ = model_.input(0);
  output_ = model_.output(0);
  if (input_.bytes != data::kFeatures) return false;
#if DORMOUSE_HAS_OBJECTS
  grid_.scores = static_cast<const int8_t*>(output_.data);
  grid_.rows = static_cast<uint32_t>(output_.dims[1]);
  grid_.columns = static_cast<uint32_t>(output_.dims[2]);
  grid_.labels = kLabels;
#endif
  return true;
}
#endif

/** One per label, or none where only the unusual is told. */
const int8_t* scores() {
#if DORMOUSE_HAS_OBJECTS
  return best_;
#elif DORMOUSE_HAS_NETWORK
  return static_cast<const int8_t*>(output_.data);
#else
  return reinterpret_cast<const int8_t*>(judgeMemory_);
#endif
}

void judge(float ratio, Result* result) {
  for (uint32_t i = 0; i < kLabels; i++) result->scores[i] = 0.0f;
#if DORMOUSE_HAS_SCORES
  for (uint32_t i = 0; i < data::kScores; i++)
    result->scores[i] = static_cast<float>(scores()[i] - output_.zeroPoint) * output_.scale;
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
  *bytes = begun_ ? output_.bytes : 0;
  return begun_ ? static_cast<const int8_t*>(output_.data) : nullptr;
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
  if (!objects::next(grid_, least, cell, &found)) return false;
  object->label = found.label;
  object->name = labelName(found.label);
  object->score = static_cast<float>(found.score - output_.zeroPoint) * output_.scale;
  object->x = static_cast<float>(found.x) / 65535.0f;
  object->y = static_cast<float>(found.y) / 65535.0f;
  return true;
}
#endif

namespace internal {

bool begun() { return begun_; }

Status begin() {
  float scale = 0.0f;
  int32_t zeroPoint = 0;
  begun_ = false;
#if DORMOUSE_HAS_NETWORK
  if (!loadNetwork()) return Status::kBroken;
  scale = output_.scale;
  zeroPoint = output_.zeroPoint;
#endif
#if DORMOUSE_HAS_ANOMALY
  if (anomaly::readDetector(data::kAnomaly, data::kAnomalyBytes, &detector_) != nullptr)
    return Status::kBroken;
#endif
  fillManifest();
  if (device::Judge::memoryBytes(manifest_, data::kScores, DORMOUSE_HAS_ANOMALY != 0) > sizeof judgeMemory_)
    return Status::kBroken;
  judge_.begin(&manifest_, data::kScores, DORMOUSE_HAS_ANOMALY != 0, scale, zeroPoint, judgeMemory_);
  begun_ = true;
  return Status::kOk;
}

void forget() {
  if (begun_) judge_.reset();
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
int8_t* input() { return static_cast<int8_t*>(input_.data); }

dsp::InputScale inputScale() {
  const dsp::InputScale scale = {data::kMean, data::kInverseStd, data::kNormalised, input_.scale,
                                 input_.zeroPoint};
  return scale;
}

Status fromInput(Result* result) {
  if (model_.invoke() != nn::Status::kOk) return Status::kBroken;
#if DORMOUSE_HAS_OBJECTS
  objects::best(grid_, best_);
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
  dsp::quantise(features, data::kFeatures, input_.scale, input_.zeroPoint, input());
  if (model_.invoke() != nn::Status::kOk) return Status::kBroken;
#endif
#if DORMOUSE_RECONSTRUCTS
  ratio = anomaly::reconstructionScore(detector_, features, static_cast<const int8_t*>(output_.data),
                                       output_.scale, output_.zeroPoint);
#elif DORMOUSE_HAS_ANOMALY
  ratio = anomaly::score(detector_, features);
#endif
  judge(ratio, result);
  return Status::kOk;
}
#endif

}  // namespace internal
}  // namespace dormouse_model
