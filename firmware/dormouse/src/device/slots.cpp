/** SLOT_LIST to SLOT_ERASE: the requests that change which model the board has. */
#include "../wire/bytes.h"
#include "device.h"

namespace dormouse {
namespace device {

/** At most 64 bytes, and no half of a UTF-8 character at the end: both slots have to fit into HELLO. */
static wire::Text shortened(wire::Text text) {
  const uint32_t kMost = 64;
  if (text.length <= kMost) return text;
  text.length = kMost;
  while (text.length > 0 && (static_cast<uint8_t>(text.data[text.length]) & 0xc0) == 0x80) text.length--;
  return text;
}

/** The model's name as its manifest says it; empty where no sound image lies in the slot. */
static wire::Text nameOf(const slot::Store& store, uint32_t slot) {
  wire::Text name = {"", 0};
  const slot::Info& info = store.info(slot);
  slot::Image image;
  if (info.state != slot::State::kValid && info.state != slot::State::kActive) return name;
  if (slot::findSections(store.memory(slot), info.bytes, &image)) return name;
  wire::CborReader reader(image.manifest.data, image.manifest.bytes);
  uint32_t pairs;
  if (!reader.map(&pairs)) return name;
  for (uint32_t i = 0; i < pairs; i++) {
    wire::Text key;
    if (!reader.text(&key)) return name;
    if (wire::same(key, "name")) {
      wire::Text value;
      if (reader.text(&value)) name = shortened(value);
      return name;
    }
    if (!reader.skip()) return name;
  }
  return name;
}

void Device::writeSlots(wire::CborWriter& writer) {
  const uint32_t count = parts_.flash->slotBytes() == 0 ? 0u : static_cast<uint32_t>(slot::Store::kSlots);
  writer.text("slots");
  writer.array(count);
  for (uint32_t i = 0; i < count; i++) {
    const slot::Info& info = store_.info(i);
    writer.map(5);
    writer.pair("state", static_cast<int64_t>(info.state));
    writer.pair("q", static_cast<int64_t>(info.sequence));
    writer.pair("n", static_cast<int64_t>(info.bytes));
    writer.pair("c", static_cast<int64_t>(info.crc));
    writer.text("name");
    writer.text(nameOf(store_, i));
  }
  writer.pair("active", static_cast<int64_t>(store_.active()));
}

void Device::slotList() {
  wire::CborWriter writer(reply_.bytes(), wire::kMaxPayload);
  writer.map(2);
  writeSlots(writer);
  reply_.set(writer);
}

void Device::failSlot(slot::Result result) {
  switch (result) {
    case slot::Result::kOk:
      return;
    case slot::Result::kTooLarge:
      return reply_.fail(kTooLarge, "The image does not fit into a slot of this board.");
    case slot::Result::kFlashFailed:
      return reply_.fail(kFlashFailed, "The board's flash refused to be written.");
    case slot::Result::kDamaged:
      return reply_.fail(kVerificationFailed, "The image in flash is not the one announced.");
    default:
      return reply_.fail(kNotNow, "The image was not begun, or is not complete.");
  }
}

/** Before anything changes the slots: nobody may use a model that may go away. */
void Device::leaveModel() {
  run_.stop();
  recogniser_.unload();
  inferNext_ = 0;
  verified_ = false;
}

void Device::slotBegin(const wire::Frame& frame) {
  uint32_t bytes;
  uint32_t crc;
  if (!wire::findNumber(frame.payload, frame.length, "n", &bytes) ||
      !wire::findNumber(frame.payload, frame.length, "c", &crc))
    return reply_.fail(kBadRequest, "SLOT_BEGIN needs the image's bytes n and its CRC c.");
  leaveModel();
  const slot::Result result = store_.beginImage(bytes, crc);
  if (result != slot::Result::kOk) return failSlot(result);
  wire::CborWriter writer(reply_.bytes(), wire::kMaxPayload);
  writer.map(2);
  writer.pair("s", static_cast<int64_t>(store_.writingSlot()));
  writer.pair("q", static_cast<int64_t>(store_.nextSequence()));
  reply_.set(writer);
}

void Device::slotWrite(const wire::Frame& frame) {
  if (frame.length < 4) return reply_.fail(kBadRequest, "SLOT_WRITE needs an offset.");
  verified_ = false;
  const slot::Result result = store_.write(wire::load32(frame.payload), frame.payload + 4, frame.length - 4u);
  if (result != slot::Result::kOk) return failSlot(result);
  wire::store32(reply_.bytes(), store_.wanted());
  reply_.set(4);
}

bool Device::verifyImage(uint32_t* passed, uint32_t* longestMicros) {
  const uint8_t* bytes = store_.memory(store_.writingSlot());
  slot::Image image;
  const char* wrong = slot::readImage(bytes, store_.writingBytes(), &image);
  if (wrong) {
    reply_.fail(kVerificationFailed, wrong);
    return false;
  }
  expectPictures();
  if (!recogniser_.load(bytes, store_.writingBytes()) || !recogniser_.selfTest(passed, longestMicros)) {
    reply_.fail(recogniser_.tooLarge() ? kTooLarge : kVerificationFailed, recogniser_.error());
    return false;
  }
  return true;
}

void Device::slotVerify() {
  const slot::Result result = store_.check();
  if (result != slot::Result::kOk) return failSlot(result);
  leaveModel();
  uint32_t passed;
  uint32_t longestMicros;
  verified_ = verifyImage(&passed, &longestMicros);
  recogniser_.unload();
  if (!verified_) return;
  wire::CborWriter writer(reply_.bytes(), wire::kMaxPayload);
  writer.map(2);
  writer.pair("g", static_cast<int64_t>(passed));
  writer.pair("us", static_cast<int64_t>(longestMicros));
  reply_.set(writer);
}

void Device::slotCommit() {
  if (!verified_) return reply_.fail(kNotNow, "The image was not verified.");
  leaveModel();
  const slot::Result result = store_.commit();
  startMarked_ = false;
  if (result != slot::Result::kOk) return failSlot(result);
  wire::CborWriter writer(reply_.bytes(), wire::kMaxPayload);
  writer.map(1);
  writer.pair("s", static_cast<int64_t>(store_.active()));
  reply_.set(writer);
}

void Device::slotRollback() {
  leaveModel();
  const slot::Result result = store_.rollback();
  startMarked_ = false;
  if (result == slot::Result::kNotNow) return reply_.fail(kNotNow, "There is no other model to go back to.");
  if (result != slot::Result::kOk) return failSlot(result);
  wire::CborWriter writer(reply_.bytes(), wire::kMaxPayload);
  writer.map(1);
  writer.pair("active", static_cast<int64_t>(store_.active()));
  reply_.set(writer);
}

void Device::slotErase(const wire::Frame& frame) {
  uint32_t slot;
  if (!wire::findNumber(frame.payload, frame.length, "s", &slot) || slot >= slot::Store::kSlots)
    return reply_.fail(kBadRequest, "SLOT_ERASE needs a slot s, 0 or 1.");
  leaveModel();
  startMarked_ = startMarked_ && static_cast<int>(slot) != store_.active();
  failSlot(store_.eraseSlot(slot));
}

}  // namespace device
}  // namespace dormouse
