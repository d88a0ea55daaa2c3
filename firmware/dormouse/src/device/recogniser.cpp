/** Reads an image, divides the memory (PROTOCOL.md 6) and prepares the model. */
#include "recogniser.h"

#include "../math/math.h"

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
  soundMicros_ = 0;
  const dsp::Picture none = {nullptr, 0, 0, dsp::kGray8};
  camera_ = none;
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

dsp::InputScale Recogniser::inputScale() const {
  const uint32_t period = image_.normalisation.bytes / 8;
  const float* mean = reinterpret_cast<const float*>(image_.normalisation.data);
  const dsp::InputScale scale = {mean, period == 0 ? mean : mean + period, period, modelInput_.scale,
                                 modelInput_.zeroPoint};
  return scale;
}

/** How the model is fed, and the bytes that its block needs for that. */
bool Recogniser::chooseWay(const dsp::Shape& shape) {
  way_ = Way::kWindows;
  if ((manifest_.block.kind == dsp::kImage) != wire::same(manifest_.sensor, "camera"))
    return fail("A model that sees needs the image block, and no other model does.");
  if (manifest_.block.kind == dsp::kImage) {
    way_ = Way::kPictures;
    const uint32_t rows = shape.width == 0 ? 0 : shape.frames / shape.width;
    const dsp::Picture own = {nullptr, static_cast<uint16_t>(shape.width), static_cast<uint16_t>(rows),
                              dsp::kRgb888};
    uint32_t forCamera = 0;
    dsp::Status status = rows > dsp::kMaxPictureSide ? dsp::Status::kTooLarge : dsp::Status::kOk;
    if (status == dsp::Status::kOk)
      status = dsp::imageInputScratch(manifest_.block, own, inputScale(), &wayBytes_);
    if (status == dsp::Status::kOk && camera_.width > 0)
      status = dsp::imageInputScratch(manifest_.block, camera_, inputScale(), &forCamera);
    if (forCamera > wayBytes_) wayBytes_ = forCamera;
    return status == dsp::Status::kOk || failDsp(status);
  }
  const bool streams =
      hears() && shape.axes == 1 &&
      dsp::Stream::stateBytes(manifest_.block, shape, manifest_.stride, &wayBytes_) == dsp::Status::kOk;
  if (streams) {
    way_ = Way::kStream;
    return true;
  }
  const dsp::Status status = dsp::scratchBytes(manifest_.block, shape, &wayBytes_);
  return status == dsp::Status::kOk || failDsp(status);
}

bool Recogniser::enough() {
  if (used_ <= bytes_) return true;
  tooLarge_ = true;
  fail("The model's window and features need more RAM than the ");
  error_.add(bytes_).add(" bytes that this board has.");
  return false;
}

bool Recogniser::layOut() {
  const dsp::Shape shape = manifest_.shape();
  uint32_t features;
  const dsp::Status status = dsp::featureCount(manifest_.block, shape, &features);
  if (status != dsp::Status::kOk) return failDsp(status);
  if (features != manifest_.features) return fail("The model's DSP block makes another number of features.");
  const uint32_t normalised = image_.normalisation.bytes / 8;
  if (normalised != 0 && features % normalised != 0)
    return fail("The normalisation does not fit the features.");
  if (!chooseWay(shape)) return false;
  const uint32_t values = way_ == Way::kWindows ? manifest_.window * manifest_.axes : 0;
  scoreCount_ = manifest_.head == slot::kNoModel ? 0 : manifest_.labels;
  used_ = 0;
  judgeMemory_ = place(Judge::memoryBytes(manifest_, scoreCount_, hasAnomaly()));
  scores_ = static_cast<int8_t*>(place(hasObjects() ? scoreCount_ : 0));
  input_ = static_cast<int8_t*>(place(inputBytes()));
  features_ = static_cast<float*>(place(way_ == Way::kPictures ? 0 : features * 4));
  window_ = static_cast<float*>(place(values * 4));
  sliding_ = static_cast<int16_t*>(place(values * 2));
  scratch_ = place(wayBytes_);
  return enough();
}

uint8_t* Recogniser::spare(uint32_t* bytes) {
  const uint32_t taken =
      used_ + (image_.tflite.bytes == 0 ? 0 : model_.arenaBytes() + model_.persistentBytes());
  *bytes = loaded_ && taken < bytes_ ? bytes_ - taken : 0;
  return memory_ + taken;
}

bool Recogniser::readAnomaly() {
  if (!hasAnomaly()) {
    const bool needed = manifest_.head == slot::kNoModel || image_.tflite.bytes == 0;
    return !needed || fail("The image has neither a model nor an anomaly section.");
  }
  const char* wrong = anomaly::readDetector(image_.anomaly.data, image_.anomaly.bytes, &detector_);
  if (wrong) return fail(wrong);
  if (manifest_.block.kind == dsp::kImage) return fail("What is unusual in pictures cannot be told.");
  if (detector_.features != manifest_.features)
    return fail("The image's anomaly section was made for other features.");
  if ((manifest_.head == slot::kNoModel) !=
      (image_.tflite.bytes == 0 || detector_.kind == anomaly::kReconstruction))
    return fail("The image's anomaly section does not fit its model.");
  return true;
}

/** What the model puts out must be what the manifest says of it. */
bool Recogniser::checkOutput() {
  if (manifest_.head == slot::kNoModel)
    return output_.bytes == manifest_.features || fail("The autoencoder does not give its features back.");
  if (!hasObjects())
    return output_.bytes == manifest_.labels || fail("The model has not one output for each label.");
  const int32_t* dims = output_.dims;
  if (output_.rank != 4 || dims[0] != 1 || dims[1] < 1 || dims[2] < 1 ||
      dims[3] != static_cast<int32_t>(manifest_.labels + 1))
    return fail("The model's output is no grid with one score for each label and the background.");
  grid_.scores = output();
  grid_.rows = static_cast<uint32_t>(dims[1]);
  grid_.columns = static_cast<uint32_t>(dims[2]);
  grid_.labels = manifest_.labels;
  return true;
}

bool Recogniser::loadModel(const Kept& kept) {
  output_ = nn::TensorView();
  waking_ = nn::Waking::kNothing;
  if (image_.tflite.bytes == 0) return true;
  const slot::Section& tflite = image_.tflite;
  uint8_t* const memory = memory_ + used_;
  const uint32_t bytes = bytes_ - used_;
  if (kept.head)
    waking_ = model_.wake(tflite.data, tflite.bytes, memory, bytes, kept.head, kept.bookkeeping, kept.bytes,
                          kept.build);
  if (waking_ != nn::Waking::kAwake) {
    const nn::Status status = model_.load(tflite.data, tflite.bytes, memory, bytes);
    tooLarge_ = status == nn::Status::kOutOfMemory;
    if (status != nn::Status::kOk) return fail(model_.text());
  }
  if (model_.inputs() != 1 || model_.outputs() != 1)
    return fail("The model must have one input and one output.");
  modelInput_ = model_.input(0);
  output_ = model_.output(0);
  if (modelInput_.type != nn::kInt8 || output_.type != nn::kInt8)
    return fail("The model's input and output must be int8.");
  if (modelInput_.bytes != manifest_.features)
    return fail("The model's input is not as long as its features.");
  return checkOutput();
}

bool Recogniser::load(const uint8_t* image, uint32_t bytes, const Kept& kept) {
  loaded_ = false;
  tooLarge_ = false;
  ratio_ = math::floatOf(slot::GoldenReader::kNoScore);
  modelInput_ = nn::TensorView();
  // This image may have none, and lies over the memory of the one before.
  model_.unload();
  const char* wrong = slot::findSections(image, bytes, &image_);
  if (!wrong) wrong = slot::readManifest(image_.manifest, &manifest_);
  if (wrong) return fail(wrong);
  loaded_ = readAnomaly() && layOut() && loadModel(kept);
  if (!loaded_) return false;
  if (!hasObjects()) scores_ = static_cast<int8_t*>(output_.data);
  judge_.begin(&manifest_, scoreCount_, hasAnomaly(), output_.scale, output_.zeroPoint, judgeMemory_);
  return true;
}

}  // namespace device
}  // namespace dormouse
