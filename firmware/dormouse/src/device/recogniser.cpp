/** Loads an image and runs it: features, normalisation, quantization, model. */
#include "recogniser.h"

#include <string.h>

namespace dormouse {
namespace device {

void Recogniser::begin(uint8_t* memory, uint32_t bytes, Clock* clock) {
  memory_ = memory;
  bytes_ = bytes;
  used_ = 0;
  clock_ = clock;
  loaded_ = false;
  tooLarge_ = false;
  dspMicros_ = 0;
  modelMicros_ = 0;
}

bool Recogniser::fail(const char* sentence) {
  error_ = TextLine();
  error_.add(sentence);
  return false;
}

bool Recogniser::failDsp(dsp::Status status) {
  switch (status) {
    case dsp::Status::kUnknownBlock:
      return fail("This firmware does not have the model's DSP block.");
    case dsp::Status::kBadParameter:
      return fail("The model's DSP parameters do not fit its window.");
    case dsp::Status::kNotFinite:
      return fail("The window holds a value that is not a number or far too large.");
    default:
      return fail("The model's window is too large for its DSP block.");
  }
}

/** The next `bytes` of the model memory; nullptr once it is used up. */
void* Recogniser::place(uint32_t bytes) {
  const uint64_t end = (static_cast<uint64_t>(used_) + bytes + 15u) & ~static_cast<uint64_t>(15u);
  void* start = memory_ + used_;
  if (end > bytes_) {
    used_ = bytes_ + 1;  // from here on nothing fits
    return nullptr;
  }
  used_ = static_cast<uint32_t>(end);
  return start;
}

bool Recogniser::layOut() {
  const dsp::Shape shape = manifest_.shape();
  uint32_t features;
  dsp::Status status = dsp::featureCount(manifest_.block, shape, &features);
  if (status == dsp::Status::kOk) status = dsp::scratchBytes(manifest_.block, shape, &scratchBytes_);
  if (status != dsp::Status::kOk) return failDsp(status);
  if (features != manifest_.features) return fail("The model's DSP block makes another number of features.");
  const uint32_t normalised = image_.normalisation.bytes / 8;
  if (normalised != 0 && features % normalised != 0)
    return fail("The normalisation does not fit the features.");
  const uint32_t values = manifest_.window * manifest_.axes;
  used_ = 0;
  history_ = static_cast<int8_t*>(place(manifest_.smoothing * manifest_.labels));
  input_ = static_cast<int8_t*>(place(features));
  features_ = static_cast<float*>(place(features * 4));
  window_ = static_cast<float*>(place(values * 4));
  sliding_ = static_cast<int16_t*>(place(values * 2));
  scratch_ = place(scratchBytes_);
  if (used_ <= bytes_) return true;
  tooLarge_ = true;
  fail("The model's window and features need more RAM than the ");
  error_.add(bytes_).add(" bytes that this board has.");
  return false;
}

bool Recogniser::loadModel() {
  const nn::Status status =
      model_.load(image_.tflite.data, image_.tflite.bytes, memory_ + used_, bytes_ - used_);
  tooLarge_ = status == nn::Status::kOutOfMemory;
  if (status != nn::Status::kOk) return fail(model_.text());
  if (model_.inputs() != 1 || model_.outputs() != 1)
    return fail("The model must have one input and one output.");
  modelInput_ = model_.input(0);
  output_ = model_.output(0);
  if (modelInput_.type != nn::kInt8 || output_.type != nn::kInt8)
    return fail("The model's input and output must be int8.");
  if (modelInput_.bytes != manifest_.features)
    return fail("The model's input is not as long as its features.");
  if (output_.bytes != manifest_.labels) return fail("The model has not one output for each label.");
  return true;
}

bool Recogniser::load(const uint8_t* image, uint32_t bytes) {
  loaded_ = false;
  tooLarge_ = false;
  const char* wrong = slot::findSections(image, bytes, &image_);
  if (!wrong) wrong = slot::readManifest(image_.manifest, &manifest_);
  if (wrong) return fail(wrong);
  loaded_ = layOut() && loadModel();
  return loaded_;
}

bool Recogniser::fromWindow() {
  const uint32_t begun = clock_->ticks();
  const uint32_t n = manifest_.features;
  const dsp::Status status =
      dsp::run(manifest_.block, manifest_.shape(), window_, features_, scratch_, scratchBytes_);
  if (status != dsp::Status::kOk) return failDsp(status);
  const uint32_t period = image_.normalisation.bytes / 8;
  if (period > 0) {
    const float* mean = reinterpret_cast<const float*>(image_.normalisation.data);
    dsp::normalise(features_, n, mean, mean + period, period);
  }
  dsp::quantise(features_, n, modelInput_.scale, modelInput_.zeroPoint, input_);
  const uint32_t taken = clock_->ticks() - begun;
  const bool done = fromInput();
  dspMicros_ = taken;
  return done;
}

bool Recogniser::fromInput() {
  dspMicros_ = 0;
  memcpy(modelInput_.data, input_, manifest_.features);
  const uint32_t begun = clock_->ticks();
  const nn::Status status = model_.invoke();
  modelMicros_ = clock_->ticks() - begun;
  return status == nn::Status::kOk || fail(model_.text());
}

bool Recogniser::goldenVector(const slot::GoldenReader::Vector& vector) {
  if (vector.input.bytes != manifest_.features || vector.output.bytes != manifest_.labels ||
      (vector.window.bytes != 0 && vector.window.bytes != windowBytes()))
    return fail("A golden vector does not have the model's shape.");
  if (vector.window.bytes != 0) {
    memcpy(window_, vector.window.data, vector.window.bytes);
    if (!fromWindow()) return false;
    if (memcmp(input_, vector.input.data, vector.input.bytes) != 0)
      return fail("This board computes other features than the app.");
  } else {
    memcpy(input_, vector.input.data, vector.input.bytes);
    if (!fromInput()) return false;
  }
  if (memcmp(output(), vector.output.data, vector.output.bytes) != 0)
    return fail("This board computes another model output than the app.");
  return true;
}

bool Recogniser::selfTest(uint32_t* passed, uint32_t* longestMicros) {
  slot::GoldenReader reader(image_.golden);
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
  slot::GoldenReader reader(image_.golden);
  slot::GoldenReader::Vector vector;
  memset(window_, 0, windowBytes());
  if (reader.next(&vector) && vector.window.bytes == windowBytes())
    memcpy(window_, vector.window.data, vector.window.bytes);
  return fromWindow();
}

}  // namespace device
}  // namespace dormouse
