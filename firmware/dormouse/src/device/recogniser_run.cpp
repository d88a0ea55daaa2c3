/** One inference: features, normalisation, quantization, model, anomaly score; and the golden vectors. */
#include <string.h>

#include "../math/math.h"
#include "../wire/bytes.h"
#include "../wire/crc32.h"
#include "recogniser.h"

namespace dormouse {
namespace device {

bool Recogniser::fromWindow() {
  const uint32_t begun = clock_->ticks();
  const dsp::Status status =
      dsp::run(manifest_.block, manifest_.shape(), window_, features_, scratch_, wayBytes_);
  if (status != dsp::Status::kOk) return failDsp(status);
  return fromFeatures(begun);
}

bool Recogniser::beginSound(float unit) {
  unit_ = unit;
  heard_ = 0;
  soundMicros_ = 0;
  if (way_ == Way::kWindows) return true;
  const dsp::Status status =
      stream_.begin(manifest_.block, manifest_.shape(), manifest_.stride, unit, scratch_, wayBytes_);
  return status == dsp::Status::kOk || failDsp(status);
}

uint32_t Recogniser::pushSound(const int16_t* frames, uint32_t count) {
  if (way_ == Way::kStream) {
    const uint32_t begun = clock_->ticks();
    const uint32_t taken = stream_.push(frames, count);
    soundMicros_ += clock_->ticks() - begun;
    return taken;
  }
  const uint32_t left = manifest_.window - heard_;
  if (count > left) count = left;
  const uint32_t values = count * manifest_.axes;
  for (uint32_t i = 0; i < values; i++)
    window_[heard_ * manifest_.axes + i] = static_cast<float>(frames[i]) * unit_;
  heard_ += count;
  return count;
}

bool Recogniser::soundReady() const {
  return way_ == Way::kStream ? stream_.ready() : heard_ == manifest_.window;
}

bool Recogniser::fromSound() {
  if (way_ == Way::kWindows) return fromWindow();
  // The features' time began with the sound that came since the result before.
  const uint32_t begun = clock_->ticks() - soundMicros_;
  soundMicros_ = 0;
  stream_.window(features_);
  for (uint32_t i = 0; i < manifest_.features; i++) {
    if (!math::isFinite(features_[i])) return failDsp(dsp::Status::kNotFinite);
  }
  return fromFeatures(begun);
}

bool Recogniser::fromPicture(const dsp::Picture& picture) {
  const uint32_t begun = clock_->ticks();
  uint32_t needed;
  dsp::Status status = dsp::imageInputScratch(manifest_.block, picture, inputScale(), &needed);
  if (status == dsp::Status::kOk && needed > wayBytes_)
    return fail("The picture is larger than those that this board's memory was divided for.");
  if (status == dsp::Status::kOk)
    status = dsp::imageInput(manifest_.block, picture, inputScale(), input_, scratch_, wayBytes_);
  if (status != dsp::Status::kOk) return failDsp(status);
  dspMicros_ = clock_->ticks() - begun;
  return runModel();
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

void Recogniser::timeLayers(uint8_t* out) {
  forget();
  memcpy(modelInput_.data, input_, manifest_.features);
  for (uint32_t i = 0; i < layers(); i++) {
    const uint32_t begun = clock_->ticks();
    model_.invokeOperator(i);
    wire::store32(out + 4 * i, clock_->ticks() - begun);
  }
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

/** A window full of a short piece of sound, again and again from its first frame. */
bool Recogniser::fromRepeated(const slot::Section& sound) {
  const int16_t* values = reinterpret_cast<const int16_t*>(sound.data);
  const uint32_t frames = sound.bytes / 2 / manifest_.axes;
  if (!beginSound(1.0f)) return false;
  while (!soundReady()) {
    for (uint32_t at = 0; at < frames && !soundReady();)
      at += pushSound(values + at * manifest_.axes, frames - at);
  }
  return fromSound();
}

bool Recogniser::fromWirePicture(const slot::Section& data) {
  dsp::Picture picture;
  return readPicture(data.data, data.bytes, &picture)
             ? fromPicture(picture)
             : fail("A picture does not have the bytes that it should.");
}

bool Recogniser::readPicture(const uint8_t* bytes, uint32_t count, dsp::Picture* picture) {
  if (count < kPictureHeader) return false;
  picture->width = wire::load16(bytes);
  picture->height = wire::load16(bytes + 2);
  picture->format = bytes[4];
  picture->bytes = bytes + kPictureHeader;
  const uint32_t pixels = dsp::pictureBytes(*picture);
  return pixels > 0 && pixels == count - kPictureHeader;
}

/** Runs what a golden vector gives, whatever its kind. */
bool Recogniser::fromGolden(const slot::GoldenReader::Vector& vector) {
  const uint32_t bytes = vector.data.bytes;
  switch (vector.kind) {
    case slot::GoldenReader::kWindow:
      if (bytes != windowBytes() || bytes == 0) break;
      memcpy(window_, vector.data.data, bytes);
      return fromWindow();
    case slot::GoldenReader::kInput:
      if (bytes != inputBytes() || bytes == 0) break;
      memcpy(input_, vector.data.data, bytes);
      return fromInput();
    case slot::GoldenReader::kSound:
      if (!hears() || bytes < 2 * manifest_.axes || bytes % (2 * manifest_.axes) != 0) break;
      return fromRepeated(vector.data);
    case slot::GoldenReader::kPicture:
      if (way_ == Way::kPictures) return fromWirePicture(vector.data);
      break;
    default:
      break;
  }
  return fail("A golden vector does not have the model's shape.");
}

bool Recogniser::goldenVector(const slot::GoldenReader::Vector& vector) {
  if (vector.output.bytes != outputBytes()) return fail("A golden vector does not have the model's shape.");
  forget();
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
  if (way_ == Way::kWindows) {
    memset(window_, 0, windowBytes());
    return fromWindow();
  }
  if (way_ == Way::kStream) {
    static const int16_t kSilence[8] = {0};
    const slot::Section silence = {reinterpret_cast<const uint8_t*>(kSilence), sizeof kSilence};
    return fromRepeated(silence);
  }
  memset(input_, 0, inputBytes());
  return fromInput();
}

}  // namespace device
}  // namespace dormouse
