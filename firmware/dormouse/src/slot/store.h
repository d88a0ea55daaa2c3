/**
 * The two model slots (firmware/MODEL_SLOT.md 3 to 6): writes an image beside the one that runs, and only at
 * the very end makes it the one that runs. Whatever a cut leaves, the choice at the next start is a whole
 * model.
 *
 * Knows nothing of what a model is, nor of the wire.
 */
#ifndef DORMOUSE_SLOT_STORE_H
#define DORMOUSE_SLOT_STORE_H

#include <stdint.h>

#include "flash.h"

namespace dormouse {
namespace slot {

enum class State : uint8_t { kEmpty = 0, kWriting = 1, kValid = 2, kActive = 3, kFailed = 4, kRevoked = 5 };

enum class Result : uint8_t { kOk, kTooLarge, kNotNow, kFlashFailed, kDamaged };

/** Whole erase units behind an image; no bytes where there are none. */
struct Memo {
  const uint8_t* data;
  uint32_t bytes;
};

struct Info {
  State state;
  uint32_t sequence;  // 0 without a record
  uint32_t bytes;     // 0 where no header says how many
  uint32_t crc;
};

class Store {
 public:
  enum : uint32_t { kSlots = 2, kStaging = 256 };

  /** `staging`: kStaging bytes, 4-aligned. Looks at both slots and chooses. */
  void begin(Flash* flash, uint8_t* staging);

  /** The slot of the model to run, -1 = none. */
  int active() const { return active_; }
  const Info& info(uint32_t slot) const { return info_[slot]; }
  const uint8_t* memory(uint32_t slot) const { return flash_->memory() + slot * flash_->slotBytes(); }
  /** The longest image that fits. */
  uint32_t most() const;

  /** Erases what the image will need of the idle slot. From here on nothing but commit() can end well. */
  Result beginImage(uint32_t bytes, uint32_t crc);
  /** Forgets an image that was not committed; its bytes stay where they are. */
  void abandon() { writingSlot_ = -1; }
  bool writing() const { return writingSlot_ >= 0; }
  uint32_t writingSlot() const { return static_cast<uint32_t>(writingSlot_); }
  uint32_t writingBytes() const { return bytes_; }
  uint32_t nextSequence() const;
  /** Takes bytes at the offset wanted; at any other it does nothing. */
  Result write(uint32_t offset, const uint8_t* data, uint32_t count);
  uint32_t wanted() const { return received_; }
  /** Whether all bytes have come and are in flash as announced. */
  Result check();
  /** After check() and whatever else the caller wants of an image. */
  Result commit();

  Result rollback();
  Result eraseSlot(uint32_t slot);

  /** Whether the active model has made an inference before. */
  bool proven() const;
  /** Before the active model is started, unless it is proven. */
  Result markStart();
  /** After its first inference. */
  Result markGood();

  /** Where the user of the active model may keep what it would like to find again at the next start
   * (MODEL_SLOT.md 7). Gone with the image; whatever stands there is for the user to judge. */
  Memo memo() const;
  /** The body of a memo begins where its head of `headBytes` ends, at the next write unit. */
  uint32_t memoBody(uint32_t headBytes) const;
  /** Erases, writes the body, reads it back, then writes the head: what a cut leaves has no whole head. Both
   * are multiples of 4 bytes; kTooLarge where there is no room. */
  Result keep(const uint8_t* head, uint32_t headBytes, const uint8_t* body, uint32_t bodyBytes);

 private:
  uint32_t unitAt(uint32_t slot, uint32_t unit) const;
  const uint8_t* mark(uint32_t slot, uint32_t unit) const { return flash_->memory() + unitAt(slot, unit); }
  bool marked(uint32_t slot, uint32_t unit) const;
  bool committed(uint32_t slot) const;
  bool program(uint32_t offset, uint32_t count);
  bool writeMark(uint32_t slot, uint32_t unit, const char* text);
  bool flushStaging();
  uint32_t memoStart(uint32_t slot, uint32_t imageBytes) const;
  bool programAll(uint32_t offset, const uint8_t* bytes, uint32_t count);
  uint32_t idleSlot() const;
  bool eraseUnit(uint32_t slot, uint32_t offset);
  void inspect(uint32_t slot);
  void choose();

  Flash* flash_;
  uint8_t* staging_;
  Info info_[kSlots];
  int active_;
  int writingSlot_;
  uint32_t bytes_;  // of the image that is being written
  uint32_t crc_;
  uint32_t received_;
  uint32_t flushed_;
  uint32_t floor_;  // the highest sequence that was erased since the start
};

}  // namespace slot
}  // namespace dormouse

#endif
