/** The lock-free ring of sensor frames; see ring.h. Orders its memory with the compiler's own atomics: no
 * header, no lock. */
#include "ring.h"

#include <string.h>

#include "../wire/check.h"

namespace dormouse {
namespace capture {

static inline uint32_t acquire(const uint32_t* value) { return __atomic_load_n(value, __ATOMIC_ACQUIRE); }
static inline uint32_t relaxed(const uint32_t* value) { return __atomic_load_n(value, __ATOMIC_RELAXED); }
static inline void relax(uint32_t* target, uint32_t value) {
  __atomic_store_n(target, value, __ATOMIC_RELAXED);
}
static inline void release(uint32_t* target, uint32_t value) {
  __atomic_store_n(target, value, __ATOMIC_RELEASE);
}

void Ring::begin(int16_t* memory, uint32_t frames, uint8_t axes) {
  DORMOUSE_ASSERT(frames != 0 && (frames & (frames - 1)) == 0);
  memory_ = memory;
  mask_ = frames - 1;
  axes_ = axes;
  clear();
}

void Ring::clear() {
  head_ = tail_ = 0;
  gaps_[0].at = gaps_[0].count = gaps_[1].at = gaps_[1].count = 0;
  gapsMade_ = gapsPassed_ = skipped_ = dropped_ = 0;
  dropping_ = false;
  anchorTurn_ = anchorIndex_ = anchorLow_ = anchorHigh_ = 0;
}

uint32_t Ring::room() const {
  const uint32_t used = head_ - acquire(&tail_);
  if (dropping_ && used != 0) return 0;
  return capacity() - used;
}

uint32_t Ring::push(const int16_t* frames, uint32_t count, uint64_t microsOfLast) {
  const uint32_t room = this->room();
  const uint32_t kept = count < room ? count : room;
  if (kept > 0) dropping_ = false;
  const uint32_t first = head_ & mask_;
  const uint32_t toEnd = capacity() - first;
  const uint32_t before = kept < toEnd ? kept : toEnd;
  memcpy(memory_ + first * axes_, frames, before * axes_ * sizeof(int16_t));
  memcpy(memory_, frames + before * axes_, (kept - before) * axes_ * sizeof(int16_t));

  setAnchor(head_ + dropped_ + count, microsOfLast);
  release(&head_, head_ + kept);
  if (kept < count) drop(count - kept);
  return kept;
}

void Ring::lose(uint32_t count, uint64_t microsOfLast) {
  if (count == 0) return;
  setAnchor(head_ + dropped_ + count, microsOfLast);
  drop(count);
}

void Ring::setAnchor(uint32_t index, uint64_t micros) {
  release(&anchorTurn_, anchorTurn_ + 1);
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
  relax(&anchorIndex_, index);
  relax(&anchorLow_, static_cast<uint32_t>(micros & 0xffffffffu));
  relax(&anchorHigh_, static_cast<uint32_t>(micros >> 32));
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
  release(&anchorTurn_, anchorTurn_ + 1);
}

void Ring::drop(uint32_t count) {
  if (!dropping_) {
    Gap& gap = gaps_[gapsMade_ & 1];
    gap.at = head_;
    gap.count = 0;
    release(&gapsMade_, gapsMade_ + 1);
    dropping_ = true;
  }
  gaps_[(gapsMade_ - 1) & 1].count += count;
  release(&dropped_, dropped_ + count);
}

uint32_t Ring::peek(const int16_t** frames, uint32_t* index) {
  const uint32_t head = acquire(&head_);
  if (head == tail_) return 0;
  uint32_t end = head;
  const uint32_t made = acquire(&gapsMade_);
  // A gap's count is final as soon as a frame stands behind it, and one does: head has moved past it.
  if (gapsPassed_ != made && gaps_[gapsPassed_ & 1].at == tail_) {
    skipped_ += gaps_[gapsPassed_ & 1].count;
    gapsPassed_++;
  }
  if (gapsPassed_ != made) {
    const uint32_t at = gaps_[gapsPassed_ & 1].at;
    if (at - tail_ < end - tail_) end = at;
  }
  const uint32_t first = tail_ & mask_;
  const uint32_t toEnd = capacity() - first;
  *frames = memory_ + first * axes_;
  *index = tail_ + skipped_;
  return end - tail_ < toEnd ? end - tail_ : toEnd;
}

void Ring::take(uint32_t count) {
  DORMOUSE_ASSERT(count <= acquire(&head_) - tail_);
  release(&tail_, tail_ + count);
}

uint32_t Ring::waiting() const { return acquire(&head_) - tail_; }

uint32_t Ring::pushedIndex() const { return acquire(&anchorIndex_); }

uint32_t Ring::dropped() const { return acquire(&dropped_); }

uint64_t Ring::microsAt(uint32_t index, uint32_t rateMilliHz) const {
  uint32_t turn;
  uint32_t anchor;
  uint64_t micros;
  do {
    turn = acquire(&anchorTurn_);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    anchor = relaxed(&anchorIndex_);
    micros = (static_cast<uint64_t>(relaxed(&anchorHigh_)) << 32) | relaxed(&anchorLow_);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
  } while ((turn & 1) != 0 || turn != acquire(&anchorTurn_));
  // anchor counts frames, so the latest frame's index is one less.
  const uint32_t behind = anchor - 1 - index;
  const uint64_t back = rateMilliHz == 0 ? 0 : behind * static_cast<uint64_t>(1000000000u) / rateMilliHz;
  return micros > back ? micros - back : 0;
}

}  // namespace capture
}  // namespace dormouse
