/** One inference: features, normalisation, quantization, model, anomaly score; and the golden vectors. */
#include <string.h>

#include "../math/math.h"
#include "../wire/crc32.h"
#include "recogniser.h"

namespace dormouse {
namespace device {

bool Recogniser::fromWindow() {
  const uint32_t begun = clock_->ticks();
  const dsp::Status status =
      dsp::run(manifest_.block, manifest_.shape(), window_, features_, scratch_, scratchBytes_);
  if (status != dsp::Status::kOk) return failDsp(status);
  return fromFeatures(begun);
}

bool Recogniser::fromFeatures(uint32_t begun) {
  const uint32_t n = manifest_.features;
  const uint32_t period = image_.normalisation.bytes / 8;
  if (period > 0) {
    const float* mean = reinterpret_cast<const float*>(image_.normalisation.data);
    dsp::normalise(features_, n, mean, mean + period, period);
  }
  if (inputBytes() > 0) dsp::quantise(features_, n, modelInput_.scale, modelInput_.zeroPoint, input_);
  dspMicros_ = clock_->ticks() - begun;
  return runModel() && scoreAnomaly();
}

bool Recogniser::fromInput() {
  dspMicros_ = 0;
  ratio_ = math::floatOf(slot::GoldenReader::kNoScore);
  return runModel();
}

bool Recogniser::runModel() {
  modelMicros_ = 0;
  if (inputBytes() == 0) return true;
  memcpy(modelInput_.data, input_, manifest_.features);
  const uint32_t begun = clock_->ticks();
  const nn::Status status = model_.invoke();
  modelMicros_ = clock_->ticks() - begun;
  if (status != nn::Status::kOk) return fail(model_.text());
  if (hasObjects()) objects::best(grid_, scores_);
  return true;
}

bool Recogniser::scoreAnomaly() {
  if (!hasAnomaly()) return true;
  const uint32_t begun = clock_->ticks();
  ratio_ =
      detector_.kind == anomaly::kReconstruction
          ? anomaly::reconstructionScore(detector_, features_, output(), output_.scale, output_.zeroPoint)
          : anomaly::score(detector_, features_);
  modelMicros_ += clock_->ticks() - begun;
  return true;
}

/** Runs what a golden vector gives, whatever its kind. */
bool Recogniser::fromGolden(const slot::GoldenReader::Vector& vector) {
  const uint32_t bytes = vector.data.bytes;
  switch (vector.kind) {
    case slot::GoldenReader::kWindow:
      if (bytes != windowBytes()) break;
      memcpy(window_, vector.data.data, bytes);
      return fromWindow();
    case slot::GoldenReader::kInput:
      if (bytes != inputBytes() || bytes == 0) break;
      memcpy(input_, vector.data.data, bytes);
      return fromInput();
    default:
      break;
  }
  return fail("A golden vector does not have the model's shape.");
}

bool Recogniser::goldenVector(const slot::GoldenReader::Vector& vector) {
  if (vector.output.bytes != outputBytes()) return fail("A golden vector does not have the model's shape.");
  if (!fromGolden(vector)) return false;
  if (inputBytes() > 0 &&
      wire::crc32(reinterpret_cast<const uint8_t*>(input_), inputBytes()) != vector.inputCrc)
    return fail("This board computes other features than the app.");
  if (outputBytes() > 0 && memcmp(output(), vector.output.data, outputBytes()) != 0)
    return fail("This board computes another model output than the app.");
  if (vector.scoreBits != slot::GoldenReader::kNoScore && math::bitsOf(ratio_) != vector.scoreBits)
    return fail("This board finds other things unusual than the app.");
  return true;
}

bool Recogniser::selfTest(uint32_t* passed, uint32_t* longestMicros) {
  slot::GoldenReader reader(image_);
  slot::GoldenReader::Vector vector;
  *passed = 0;
  *longestMicros = 0;
  while (reader.next(&vector)) {
    if (!goldenVector(vector)) return false;
    (*passed)++;
    const uint32_t micros = dspMicros_ + modelMicros_;
    if (micros > *longestMicros) *longestMicros = micros;
  }
  return !reader.damaged() || fail("The image's golden vectors are damaged.");
}

bool Recogniser::trial() {
  slot::GoldenReader reader(image_);
  slot::GoldenReader::Vector vector;
  if (reader.next(&vector)) return fromGolden(vector);
  memset(window_, 0, windowBytes());
  return fromWindow();
}

}  // namespace device
}  // namespace dormouse
