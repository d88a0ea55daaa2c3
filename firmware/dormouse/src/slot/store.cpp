/** The slots' life: erase, write, check, commit last; marks; and the choice of the model to run. */
#include "store.h"

#include <string.h>

#include "../wire/bytes.h"
#include "../wire/check.h"
#include "../wire/crc32.h"
#include "image.h"

namespace dormouse {
namespace slot {

using wire::load32;

// Trailer units by number; the record has the three from kRecordUnit to itself. COMMIT is the very last unit
// of a slot and the header its first, so that an erase that got only part of the way, from either end, takes
// one of the two before any mark that forbids the model.
enum : uint32_t { kStart1Unit, kStart2Unit, kGoodUnit, kRevokedUnit, kRecordUnit, kCommitUnit = 7 };
static const uint32_t kTrailerUnits = 8;
static const uint32_t kRecordBytes = 12;
static const uint32_t kErased = 0xffffffffu;

static bool isText(const uint8_t* bytes, const char* text) { return memcmp(bytes, text, 4) == 0; }

static bool isBlank(const uint8_t* bytes, uint32_t count) {
  for (uint32_t i = 0; i < count; i += 4) {
    if (load32(bytes + i) != kErased) return false;
  }
  return true;
}

void Store::begin(Flash* flash, uint8_t* staging) {
  flash_ = flash;
  staging_ = staging;
  active_ = -1;
  writingSlot_ = -1;
  bytes_ = crc_ = received_ = flushed_ = floor_ = 0;
  const Info none = {State::kEmpty, 0, 0, 0};
  info_[0] = info_[1] = none;
  if (flash_->slotBytes() == 0) return;
  DORMOUSE_ASSERT(flash_->writeUnit() >= 4 && kStaging % flash_->writeUnit() == 0);
  for (uint32_t slot = 0; slot < kSlots; slot++) inspect(slot);
  choose();
}

uint32_t Store::most() const {
  const uint32_t trailer = kTrailerUnits * flash_->writeUnit();
  return flash_->slotBytes() > trailer ? flash_->slotBytes() - trailer : 0;
}

uint32_t Store::unitAt(uint32_t slot, uint32_t unit) const {
  return (slot + 1) * flash_->slotBytes() - (kTrailerUnits - unit) * flash_->writeUnit();
}

bool Store::marked(uint32_t slot, uint32_t unit) const { return load32(mark(slot, unit)) != kErased; }

bool Store::committed(uint32_t slot) const {
  const uint8_t* record = mark(slot, kRecordUnit);
  return isText(mark(slot, kCommitUnit), "COMT") && load32(record) == ~load32(record + 4);
}

void Store::inspect(uint32_t slot) {
  Info& info = info_[slot];
  const uint8_t* bytes = memory(slot);
  info.bytes = imageBytes(bytes, most());
  info.sequence = 0;
  info.crc = 0;
  if (!committed(slot)) {
    const bool blank = load32(bytes) == kErased && load32(mark(slot, kCommitUnit)) == kErased;
    info.state = blank ? State::kEmpty : State::kWriting;
    return;
  }
  info.sequence = load32(mark(slot, kRecordUnit));
  info.crc = load32(mark(slot, kRecordUnit) + 8);
  const bool crashed = marked(slot, kStart1Unit) && marked(slot, kStart2Unit) && !marked(slot, kGoodUnit);
  if (marked(slot, kRevokedUnit))
    info.state = State::kRevoked;
  else if (crashed || info.bytes == 0 || wire::crc32(bytes, info.bytes) != info.crc)
    info.state = State::kFailed;
  else
    info.state = State::kValid;
}

void Store::choose() {
  active_ = -1;
  for (uint32_t slot = 0; slot < kSlots; slot++) {
    if (info_[slot].state == State::kActive) info_[slot].state = State::kValid;
    if (info_[slot].state != State::kValid) continue;
    if (active_ < 0 || info_[slot].sequence > info_[active_].sequence) active_ = static_cast<int>(slot);
  }
  if (active_ >= 0) info_[active_].state = State::kActive;
}

uint32_t Store::nextSequence() const {
  const uint32_t a = info_[0].sequence;
  const uint32_t b = info_[1].sequence;
  const uint32_t highest = a > b ? a : b;
  return (highest > floor_ ? highest : floor_) + 1;
}

bool Store::eraseUnit(uint32_t slot, uint32_t offset) {
  return flash_->erase(slot * flash_->slotBytes() + offset);
}

// Without a model that runs, the slot whose record is older or gone: models that never come to run then wear
// both slots.
uint32_t Store::idleSlot() const {
  if (active_ >= 0) return active_ == 0 ? 1 : 0;
  return info_[1].sequence < info_[0].sequence ? 1 : 0;
}

Result Store::beginImage(uint32_t bytes, uint32_t crc) {
  writingSlot_ = -1;
  if (bytes < kImageHeader || bytes > most()) return Result::kTooLarge;
  const uint32_t slot = idleSlot();
  const uint32_t unit = flash_->eraseUnit();
  const uint32_t trailer = flash_->slotBytes() - unit;
  bool done = true;
  // The header's unit first: without a header the marks mean nothing, so no half-erased mark can matter.
  uint32_t offset = 0;
  for (; done && offset < bytes; offset += unit) done = eraseUnit(slot, offset);
  // What an image before it left behind this one must not pass for a memo.
  if (done && offset < trailer && !isBlank(memory(slot) + offset, unit)) done = eraseUnit(slot, offset);
  if (done && offset <= trailer) done = eraseUnit(slot, trailer);
  const uint32_t sequence = nextSequence();
  inspect(slot);
  if (!done) return Result::kFlashFailed;
  // The sequence of what was erased is not used again: a host that saw it must not take the new model for it.
  floor_ = sequence - 1;
  info_[slot].state = State::kWriting;
  writingSlot_ = static_cast<int>(slot);
  bytes_ = bytes;
  crc_ = crc;
  received_ = 0;
  flushed_ = 0;
  return Result::kOk;
}

bool Store::program(uint32_t offset, uint32_t count) {
  const uint32_t unit = flash_->writeUnit();
  const uint32_t whole = (count + unit - 1) / unit * unit;
  memset(staging_ + count, 0xff, whole - count);
  return flash_->program(offset, staging_, whole);
}

bool Store::flushStaging() {
  const uint32_t count = received_ - flushed_;
  if (count == 0) return true;
  const uint32_t offset = writingSlot() * flash_->slotBytes() + flushed_;
  flushed_ = received_;
  return program(offset, count);
}

Result Store::write(uint32_t offset, const uint8_t* data, uint32_t count) {
  if (!writing()) return Result::kNotNow;
  if (offset != received_) return Result::kOk;
  if (count > bytes_ - received_) return Result::kTooLarge;
  while (count > 0) {
    const uint32_t filled = received_ - flushed_;
    const uint32_t room = kStaging - filled;
    const uint32_t piece = count < room ? count : room;
    memcpy(staging_ + filled, data, piece);
    data += piece;
    count -= piece;
    received_ += piece;
    if (received_ - flushed_ < kStaging && received_ < bytes_) continue;
    if (!flushStaging()) {
      writingSlot_ = -1;
      return Result::kFlashFailed;
    }
  }
  return Result::kOk;
}

Result Store::check() {
  if (!writing() || received_ != bytes_) return Result::kNotNow;
  return wire::crc32(memory(writingSlot()), bytes_) == crc_ ? Result::kOk : Result::kDamaged;
}

Result Store::commit() {
  const Result checked = check();
  if (checked != Result::kOk) return checked;
  // Nothing of what was sent may lie behind the image, where memos are.
  if (imageBytes(memory(writingSlot()), most()) != bytes_) return Result::kDamaged;
  const uint32_t slot = writingSlot();
  const uint32_t sequence = nextSequence();
  wire::store32(staging_, sequence);
  wire::store32(staging_ + 4, ~sequence);
  wire::store32(staging_ + 8, crc_);
  writingSlot_ = -1;
  const bool recorded = program(unitAt(slot, kRecordUnit), kRecordBytes) &&
                        memcmp(mark(slot, kRecordUnit), staging_, kRecordBytes) == 0;
  const bool done = recorded && writeMark(slot, kCommitUnit, "COMT");
  inspect(slot);
  choose();
  return done && active_ == static_cast<int>(slot) ? Result::kOk : Result::kFlashFailed;
}

bool Store::writeMark(uint32_t slot, uint32_t unit, const char* text) {
  memcpy(staging_, text, 4);
  return program(unitAt(slot, unit), 4) && isText(mark(slot, unit), text);
}

Result Store::rollback() {
  if (active_ < 0) return Result::kNotNow;
  const uint32_t slot = static_cast<uint32_t>(active_);
  if (info_[1 - slot].state != State::kValid) return Result::kNotNow;
  writingSlot_ = -1;
  const bool done = writeMark(slot, kRevokedUnit, "REVK");
  inspect(slot);
  choose();
  return done ? Result::kOk : Result::kFlashFailed;
}

Result Store::eraseSlot(uint32_t slot) {
  if (slot >= kSlots || flash_->slotBytes() == 0) return Result::kNotNow;
  if (writingSlot_ == static_cast<int>(slot)) writingSlot_ = -1;
  bool done = true;
  for (uint32_t offset = 0; done && offset < flash_->slotBytes(); offset += flash_->eraseUnit())
    done = eraseUnit(slot, offset);
  inspect(slot);
  choose();
  return done ? Result::kOk : Result::kFlashFailed;
}

bool Store::proven() const { return active_ >= 0 && marked(static_cast<uint32_t>(active_), kGoodUnit); }

Result Store::markStart() {
  if (active_ < 0) return Result::kNotNow;
  const uint32_t slot = static_cast<uint32_t>(active_);
  if (proven()) return Result::kOk;
  // While an image is being written, the staging memory holds its bytes.
  if (writing()) return Result::kNotNow;
  const bool first = !marked(slot, kStart1Unit);
  if (!first && marked(slot, kStart2Unit)) return Result::kNotNow;
  const bool done = writeMark(slot, first ? kStart1Unit : kStart2Unit, first ? "STR1" : "STR2");
  return done ? Result::kOk : Result::kFlashFailed;
}

Result Store::markGood() {
  if (active_ < 0 || writing()) return Result::kNotNow;
  if (proven()) return Result::kOk;
  return writeMark(static_cast<uint32_t>(active_), kGoodUnit, "GOOD") ? Result::kOk : Result::kFlashFailed;
}

uint32_t Store::memoStart(uint32_t slot, uint32_t imageBytes) const {
  const uint32_t unit = flash_->eraseUnit();
  return slot * flash_->slotBytes() + (imageBytes + unit - 1) / unit * unit;
}

Memo Store::memo() const {
  Memo memo = {nullptr, 0};
  if (active_ < 0) return memo;
  const uint32_t slot = static_cast<uint32_t>(active_);
  const uint32_t start = memoStart(slot, info_[slot].bytes);
  // The trailer's unit cannot be erased.
  const uint32_t end = (slot + 1) * flash_->slotBytes() - flash_->eraseUnit();
  if (start >= end) return memo;
  memo.data = flash_->memory() + start;
  memo.bytes = end - start;
  return memo;
}

uint32_t Store::memoBody(uint32_t headBytes) const {
  const uint32_t unit = flash_->writeUnit();
  return (headBytes + unit - 1) / unit * unit;
}

bool Store::programAll(uint32_t offset, const uint8_t* bytes, uint32_t count) {
  for (uint32_t at = 0; at < count; at += kStaging) {
    const uint32_t piece = count - at < kStaging ? count - at : kStaging;
    memcpy(staging_, bytes + at, piece);
    if (!program(offset + at, piece)) return false;
  }
  return memcmp(flash_->memory() + offset, bytes, count) == 0;
}

Result Store::keep(const uint8_t* head, uint32_t headBytes, const uint8_t* body, uint32_t bodyBytes) {
  const Memo room = memo();
  // While an image is being written, the staging memory holds its bytes.
  if (room.data == nullptr || writing()) return Result::kNotNow;
  const uint32_t before = memoBody(headBytes);
  if (before > room.bytes || bodyBytes > room.bytes - before) return Result::kTooLarge;
  const uint32_t start = static_cast<uint32_t>(room.data - flash_->memory());
  bool done = true;
  for (uint32_t offset = 0; done && offset < before + bodyBytes; offset += flash_->eraseUnit())
    done = flash_->erase(start + offset);
  done = done && programAll(start + before, body, bodyBytes) && programAll(start, head, headBytes);
  return done ? Result::kOk : Result::kFlashFailed;
}

}  // namespace slot
}  // namespace dormouse
