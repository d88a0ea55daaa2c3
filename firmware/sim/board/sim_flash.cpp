/** The strict flash and its power cuts. */
#include "sim_flash.h"

#include <string.h>

namespace dormouse {
namespace sim {

void SimFlash::begin(uint8_t* memory, uint8_t* used, uint32_t* erases, uint32_t writeUnit, uint32_t eraseUnit,
                     uint32_t slotBytes) {
  memory_ = memory;
  used_ = used;
  erases_ = erases;
  writeUnit_ = writeUnit;
  eraseUnit_ = eraseUnit;
  slotBytes_ = slotBytes;
  operations_ = 0;
  breaches_ = 0;
  cutAt_ = 0;
  tear_ = 0;
  randomState_ = 1;
  powered_ = true;
  cutPlanned_ = false;
  memset(memory_, 0xff, bytes());
  memset(used_, 0, bytes() / writeUnit_);
  memset(erases_, 0, bytes() / eraseUnit_ * sizeof *erases_);
}

void SimFlash::adopt() {
  for (uint32_t unit = 0; unit < bytes() / writeUnit_; unit++) {
    used_[unit] = 0;
    for (uint32_t i = 0; i < writeUnit_; i++) {
      if (memory_[unit * writeUnit_ + i] != 0xff) used_[unit] = 1;
    }
  }
}

bool SimFlash::refuse() {
  breaches_++;
  return false;
}

uint32_t SimFlash::random() {  // xorshift32 (Marsaglia 2003)
  randomState_ ^= randomState_ << 13;
  randomState_ ^= randomState_ >> 17;
  randomState_ ^= randomState_ << 5;
  return randomState_;
}

void SimFlash::cutAfter(uint32_t operations, uint32_t tear) {
  cutPlanned_ = true;
  cutAt_ = operations_ + operations;
  tear_ = tear;
  randomState_ = tear * 2654435761u + 1u;
  if (randomState_ == 0) randomState_ = 1;
  for (int i = 0; i < 4; i++) random();
}

void SimFlash::restorePower() {
  powered_ = true;
  cutPlanned_ = false;
}

bool SimFlash::cutsNow() { return cutPlanned_ && operations_ == cutAt_; }

/** One byte on its way from `before` to `after`: done, not begun, or with each changing bit done or not by
 * chance. */
uint8_t SimFlash::torn(uint8_t before, uint8_t after, bool sure, bool hit) {
  if (sure) return after;
  if (!hit) return before;
  const uint8_t mask = static_cast<uint8_t>(random() >> 11);
  return static_cast<uint8_t>((before & ~mask) | (after & mask));
}

SimFlash::Tear SimFlash::chooseTear(uint32_t units) {
  const uint32_t kind = tear_ % 32;
  const uint32_t near = kind % 8 < units ? kind % 8 : units - 1;
  Tear tear = {kAnywhere, 0};
  if (kind < 2) tear.way = kind == 0 ? kNothing : kAll;
  if (kind >= 8) tear.way = kind < 16 ? kBackward : (kind & 4) != 0 ? kForward : kBackward;
  if (kind >= 8 && kind < 16) tear.edge = units - 1 - near;
  if (kind >= 16 && kind < 24) tear.edge = near;
  if (kind >= 24) tear.edge = random() % units;
  return tear;
}

/**
 * `bytes` is what the operation would have left, nullptr for an erase. It got nowhere, or to its end, or
 * everywhere a little, or so far from its front or its back, the unit it was at being half done.
 */
void SimFlash::tear(uint32_t offset, const uint8_t* bytes, uint32_t count) {
  const Tear tear = chooseTear(count / writeUnit_);
  powered_ = false;
  // What was not begun left every cell as sound as it was.
  if (tear.way == kNothing) return;
  for (uint32_t i = 0; i < count; i++) {
    const uint8_t after = bytes ? bytes[i] : static_cast<uint8_t>(0xff);
    const uint32_t unit = i / writeUnit_;
    const bool sure = tear.way == kAll || (tear.way == kForward && unit < tear.edge) ||
                      (tear.way == kBackward && unit > tear.edge);
    const bool hit = tear.way == kAnywhere || (tear.way >= kForward && unit == tear.edge);
    memory_[offset + i] = torn(memory_[offset + i], after, sure, hit);
  }
  // What looks erased after a torn erase is not to be relied on; a torn program leaves untouched units
  // usable.
  for (uint32_t unit = offset / writeUnit_; unit < (offset + count) / writeUnit_; unit++) {
    bool blank = bytes != nullptr;
    for (uint32_t i = 0; blank && i < writeUnit_; i++) blank = memory_[unit * writeUnit_ + i] == 0xff;
    if (!blank) used_[unit] = 1;
  }
}

bool SimFlash::erase(uint32_t offset) {
  if (!powered_) return false;
  if (offset % eraseUnit_ != 0 || offset >= bytes()) return refuse();
  const bool cut = cutsNow();
  operations_++;
  erases_[offset / eraseUnit_]++;
  if (cut) {
    tear(offset, nullptr, eraseUnit_);
    return false;
  }
  memset(memory_ + offset, 0xff, eraseUnit_);
  memset(used_ + offset / writeUnit_, 0, eraseUnit_ / writeUnit_);
  return true;
}

bool SimFlash::program(uint32_t offset, const uint8_t* data, uint32_t count) {
  if (!powered_) return false;
  if (offset % writeUnit_ != 0 || count % writeUnit_ != 0 || count == 0) return refuse();
  if (offset > bytes() || count > bytes() - offset) return refuse();
  // Flash drivers copy words, and flash that is being programmed cannot be read.
  const uintptr_t from = reinterpret_cast<uintptr_t>(data);
  const uintptr_t own = reinterpret_cast<uintptr_t>(memory_);
  if (from % 4 != 0 || (from + count > own && from < own + bytes())) return refuse();
  for (uint32_t unit = offset / writeUnit_; unit < (offset + count) / writeUnit_; unit++) {
    if (used_[unit]) return refuse();
  }
  const bool cut = cutsNow();
  operations_++;
  if (cut) {
    tear(offset, data, count);
    return false;
  }
  memcpy(memory_ + offset, data, count);
  memset(used_ + offset / writeUnit_, 1, count / writeUnit_);
  return true;
}

}  // namespace sim
}  // namespace dormouse
