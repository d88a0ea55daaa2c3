/** RUN_START, INFER_DATA, INFER_RUN: the requests that use the model. */
#include <string.h>

#include "../math/math.h"
#include "../wire/bytes.h"
#include "device.h"

namespace dormouse {
namespace device {

enum : uint8_t { kWindowData = 0, kInputData = 1, kSoundData = 2, kPictureData = 3 };
static const uint32_t kInferHead = 8;

/** The recogniser divides its memory for the pictures of the first camera. */
void Device::expectPictures() {
  const int sensor = hub_.first(SensorKind::kCamera);
  CameraInfo info;
  if (sensor < 0 || !hub_.camera(static_cast<uint8_t>(sensor), &info)) return;
  const dsp::Picture like = {nullptr, info.width, info.height, static_cast<uint8_t>(info.format)};
  recogniser_.expectPictures(like);
}

/** What was kept of the active model's preparation, if anything was. */
Recogniser::Kept Device::keptModel() const {
  Recogniser::Kept kept = {nullptr, nullptr, 0, 0};
  const slot::Memo memo = store_.memo();
  const uint32_t body = store_.memoBody(nn::Model::kHeadBytes);
  if (parts_.build == 0 || body >= memo.bytes) return kept;
  kept.head = memo.data;
  kept.bookkeeping = memo.data + body;
  kept.bytes = memo.bytes - body;
  const uint32_t crc = store_.info(static_cast<uint32_t>(store_.active())).crc;
  kept.build = parts_.build ^ (crc >> 7 | crc << 25);
  return kept;
}

/** Keeps the preparation for the next start. Whether the flash takes it does not matter. */
void Device::keepModel() {
  const Recogniser::Kept place = keptModel();
  const nn::Model* const model = recogniser_.model();
  if (!place.head || !model) return;
  alignas(4) uint8_t head[nn::Model::kHeadBytes];
  model->snapshotHead(place.build, head);
  store_.keep(head, sizeof head, model->bookkeeping(), model->persistentBytes());
}

/** Loads the active model unless it is; its first start ever is marked before and after (MODEL_SLOT.md 4). */
bool Device::prepareModel() {
  if (recogniser_.loaded()) return true;
  // Who wants to recognise does not go on with an image that was broken off or found wrong.
  store_.abandon();
  verified_ = false;
  if (store_.active() < 0) {
    reply_.fail(kNoModel, "This board has no model yet.");
    return false;
  }
  const bool proven = store_.proven();
  if (!proven && !startMarked_) store_.markStart();  // flash that refuses a mark only costs the protection
  startMarked_ = true;
  expectPictures();
  const uint32_t slot = static_cast<uint32_t>(store_.active());
  if (!recogniser_.load(store_.memory(slot), store_.info(slot).bytes, keptModel()) ||
      (!proven && !recogniser_.trial())) {
    recogniser_.unload();
    reply_.fail(kVerificationFailed, recogniser_.error());
    return false;
  }
  if (!proven) store_.markGood();
  // Once for a model and once more for each new firmware: a board whose power fails in the middle of it, time
  // and again, does not try it at its next start.
  if (!proven || recogniser_.waking() == nn::Waking::kOutdated) keepModel();
  return true;
}

void Device::runStart(const wire::Frame& frame) {
  uint32_t windows;
  if (!wire::findNumber(frame.payload, frame.length, "w", &windows) || windows > 1)
    return reply_.fail(kBadRequest, "RUN_START needs w: 1 to send the windows too, else 0.");
  run_.stop();
  inferNext_ = 0;
  if (!prepareModel()) return;
  TextLine why;
  if (!run_.start(windows == 1, &why)) return reply_.fail(kNotNow, why.text());
  const slot::Manifest& manifest = recogniser_.manifest();
  wire::CborWriter writer(reply_.bytes(), wire::kMaxPayload);
  writer.map(3);
  const bool sees = recogniser_.way() == Recogniser::Way::kPictures;
  const uint32_t rate = sees ? hub_.rate(run_.sensor()) : manifest.rateMilliHz;
  writer.pair("stride_us", static_cast<int64_t>(manifest.stride * static_cast<uint64_t>(1000000000u) / rate));
  writer.pair("window", static_cast<int64_t>(manifest.window));
  writer.pair("labels", static_cast<int64_t>(manifest.labels));
  reply_.set(writer);
}

/** Where data of this kind go, and how many bytes of it there are in all; false where the model takes none.
 */
bool Device::inferTarget(uint8_t kind, uint8_t** target, uint32_t* total) {
  *target = nullptr;
  *total = 0;
  switch (kind) {
    case kWindowData:
      *target = reinterpret_cast<uint8_t*>(recogniser_.window());
      *total = recogniser_.windowBytes();
      break;
    case kInputData:
      *target = reinterpret_cast<uint8_t*>(recogniser_.input());
      *total = recogniser_.inputBytes();
      break;
    case kSoundData:
      if (recogniser_.hears()) *total = recogniser_.manifest().window * recogniser_.manifest().axes * 2;
      break;
    default:
      if (recogniser_.way() == Recogniser::Way::kPictures) *target = recogniser_.spare(total);
      break;
  }
  return *total > 0;
}

/** Hands sound over piece by piece; whole frames at a time, since a request has at most maxPayload bytes. */
bool Device::inferSound(const uint8_t* bytes, uint32_t count) {
  const uint32_t frame = 2 * recogniser_.manifest().axes;
  if (count % frame != 0) return false;
  int16_t values[8 * slot::kMaxAxes];
  const uint32_t most = static_cast<uint32_t>(sizeof values) / frame * frame;
  for (uint32_t at = 0; at < count;) {
    const uint32_t piece = count - at < most ? count - at : most;
    memcpy(values, bytes + at, piece);
    recogniser_.pushSound(values, piece / frame);
    at += piece;
  }
  return true;
}

void Device::inferData(const wire::Frame& frame) {
  if (frame.length < kInferHead || frame.payload[0] > kPictureData)
    return reply_.fail(kBadRequest, "INFER_DATA needs a kind, 0 to 3, and an offset.");
  if (run_.on()) return reply_.fail(kBusy, "The recogniser runs; stop it first.");
  if (!prepareModel()) return;
  const uint8_t kind = frame.payload[0];
  const uint32_t offset = wire::load32(frame.payload + 4);
  const uint32_t count = frame.length - kInferHead;
  uint8_t* target;
  uint32_t total;
  if (!inferTarget(kind, &target, &total))
    return reply_.fail(kBadRequest, "The model does not take data of that kind.");
  if (offset == 0) {
    inferKind_ = kind;
    inferNext_ = 0;
    if (kind == kSoundData && !recogniser_.beginSound(1.0f))
      return reply_.fail(kBadRequest, recogniser_.error());
  }
  if (kind != inferKind_) return reply_.fail(kBadRequest, "INFER_DATA changed its kind in the middle.");
  if (offset == inferNext_) {
    if (count > total - inferNext_)
      return reply_.fail(kTooLarge, kind == kPictureData
                                        ? "This board has no room for a picture of that size."
                                        : "That is more than the model takes.");
    const uint8_t* bytes = frame.payload + kInferHead;
    if (target) memcpy(target + offset, bytes, count);
    if (kind == kSoundData && !inferSound(bytes, count))
      return reply_.fail(kBadRequest, "Sound comes in whole frames.");
    inferNext_ += count;
  }
  wire::store32(reply_.bytes(), inferNext_);
  reply_.set(4);
}

/** Runs the model on the data that came; false, and why, where they are not whole or not sound. */
bool Device::inferFrom(uint8_t kind) {
  uint8_t* target;
  uint32_t total;
  dsp::Picture picture;
  bool whole = recogniser_.loaded() && kind == inferKind_ && inferTarget(kind, &target, &total);
  if (kind == kPictureData)
    whole = whole && Recogniser::readPicture(target, inferNext_, &picture);
  else
    whole = whole && inferNext_ == total;
  if (!whole) {
    reply_.fail(kNotNow, "The data to infer from has not all come.");
    return false;
  }
  inferNext_ = 0;
  recogniser_.forget();
  const bool done = kind == kWindowData  ? recogniser_.fromWindow()
                    : kind == kInputData ? recogniser_.fromInput()
                    : kind == kSoundData ? recogniser_.fromSound()
                                         : recogniser_.fromPicture(picture);
  if (!done) reply_.fail(kBadRequest, recogniser_.error());
  return done;
}

void Device::inferLayers() {
  const uint32_t count = recogniser_.inputBytes() == 0 ? 0 : recogniser_.layers();
  if (count > (wire::kMaxPayload - 4) / 4)
    return reply_.fail(kTooLarge, "The model's layers are too many for one answer.");
  wire::store32(reply_.bytes(), count);
  if (count > 0) recogniser_.timeLayers(reply_.bytes() + 4);
  reply_.set(4 + 4 * count);
}

void Device::inferRun(const wire::Frame& frame) {
  uint32_t kind;
  if (!wire::findNumber(frame.payload, frame.length, "k", &kind) || kind > kPictureData)
    return reply_.fail(kBadRequest, "INFER_RUN needs a kind k, 0 to 3.");
  if (run_.on()) return reply_.fail(kBusy, "The recogniser runs; stop it first.");
  uint32_t layers = 0;
  const bool byLayer = wire::findNumber(frame.payload, frame.length, "l", &layers) && layers != 0;
  if (!inferFrom(static_cast<uint8_t>(kind))) return;
  if (byLayer) return inferLayers();
  uint8_t* p = reply_.bytes();
  const uint32_t n = recogniser_.outputBytes();
  const uint32_t tail = recogniser_.hasAnomaly() ? 4 : 0;
  if (n > wire::kMaxPayload - 16 - tail)
    return reply_.fail(kTooLarge, "The model's output does not fit into one answer.");
  const uint32_t whole = 16 + n + recogniser_.inputBytes() + tail;
  const uint32_t m = whole <= wire::kMaxPayload ? recogniser_.inputBytes() : 0;
  wire::store32(p, recogniser_.dspMicros());
  wire::store32(p + 4, recogniser_.modelMicros());
  wire::store32(p + 8, n);
  memcpy(p + 12, recogniser_.output(), n);
  wire::store32(p + 12 + n, m);
  memcpy(p + 16 + n, recogniser_.input(), m);
  if (tail > 0) wire::store32(p + 16 + n + m, math::bitsOf(recogniser_.anomalyRatio()));
  reply_.set(16 + n + m + tail);
}

}  // namespace device
}  // namespace dormouse
