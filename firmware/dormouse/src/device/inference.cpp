/** RUN_START, INFER_DATA, INFER_RUN: the requests that use the model. */
#include <string.h>

#include "../math/math.h"
#include "../wire/bytes.h"
#include "device.h"

namespace dormouse {
namespace device {

enum : uint8_t { kWindowData = 0, kInputData = 1 };
static const uint32_t kInferHead = 8;

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
  const uint32_t slot = static_cast<uint32_t>(store_.active());
  if (!recogniser_.load(store_.memory(slot), store_.info(slot).bytes) || (!proven && !recogniser_.trial())) {
    recogniser_.unload();
    reply_.fail(kVerificationFailed, recogniser_.error());
    return false;
  }
  if (!proven) store_.markGood();
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
  writer.pair("stride_us", static_cast<int64_t>(manifest.stride * static_cast<uint64_t>(1000000000u) /
                                                manifest.rateMilliHz));
  writer.pair("window", static_cast<int64_t>(manifest.window));
  writer.pair("labels", static_cast<int64_t>(manifest.labels));
  reply_.set(writer);
}

void Device::inferData(const wire::Frame& frame) {
  if (frame.length < kInferHead || frame.payload[0] > kInputData)
    return reply_.fail(kBadRequest, "INFER_DATA needs a kind, 0 or 1, and an offset.");
  if (run_.on()) return reply_.fail(kBusy, "The recogniser runs; stop it first.");
  if (!prepareModel()) return;
  const uint8_t kind = frame.payload[0];
  const uint32_t offset = wire::load32(frame.payload + 4);
  const uint32_t count = frame.length - kInferHead;
  if (offset == 0) {
    inferKind_ = kind;
    inferNext_ = 0;
  }
  if (kind != inferKind_) return reply_.fail(kBadRequest, "INFER_DATA changed its kind in the middle.");
  const uint32_t total = kind == kWindowData ? recogniser_.windowBytes() : recogniser_.inputBytes();
  if (offset == inferNext_) {
    if (count > total - inferNext_) return reply_.fail(kTooLarge, "That is more than the model takes.");
    uint8_t* target = kind == kWindowData ? reinterpret_cast<uint8_t*>(recogniser_.window())
                                          : reinterpret_cast<uint8_t*>(recogniser_.input());
    memcpy(target + offset, frame.payload + kInferHead, count);
    inferNext_ += count;
  }
  wire::store32(reply_.bytes(), inferNext_);
  reply_.set(4);
}

void Device::inferRun(const wire::Frame& frame) {
  uint32_t kind;
  if (!wire::findNumber(frame.payload, frame.length, "k", &kind) || kind > kInputData)
    return reply_.fail(kBadRequest, "INFER_RUN needs a kind k, 0 or 1.");
  if (run_.on()) return reply_.fail(kBusy, "The recogniser runs; stop it first.");
  if (!recogniser_.loaded() || kind != inferKind_ ||
      inferNext_ != (kind == kWindowData ? recogniser_.windowBytes() : recogniser_.inputBytes()))
    return reply_.fail(kNotNow, "The data to infer from has not all come.");
  inferNext_ = 0;
  if (!(kind == kWindowData ? recogniser_.fromWindow() : recogniser_.fromInput()))
    return reply_.fail(kBadRequest, recogniser_.error());
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
