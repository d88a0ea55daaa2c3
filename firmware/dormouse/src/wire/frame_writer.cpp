/** Puts frames into the ring that feeds the line, COBS-encoded on the way: no second copy of a frame exists.
 */
#include "bytes.h"
#include "check.h"
#include "crc32.h"
#include "frame.h"

namespace dormouse {
namespace wire {

void FrameWriter::begin(uint8_t* memory, uint32_t capacity) {
  memory_ = memory;
  capacity_ = capacity;
  head_ = 0;
  used_ = 0;
  codeAt_ = 0;
  crc_ = 0;
  expected_ = 0;
  run_ = 0;
}

void FrameWriter::pushByte(uint8_t value) {
  DORMOUSE_ASSERT(used_ < capacity_);
  memory_[head_] = value;
  head_ = head_ + 1 == capacity_ ? 0 : head_ + 1;
  used_++;
}

void FrameWriter::encode(uint8_t value) {
  if (value != 0) {
    pushByte(value);
    run_++;
  }
  if (value == 0 || run_ == 0xff) {
    memory_[codeAt_] = run_;
    codeAt_ = head_;
    pushByte(1);
    run_ = 1;
  }
}

void FrameWriter::open(uint8_t type, uint8_t flags, uint16_t sequence, uint16_t length) {
  DORMOUSE_ASSERT(fits(length));
  codeAt_ = head_;
  pushByte(1);
  run_ = 1;
  crc_ = 0;
  uint8_t header[kHeaderBytes] = {type, flags, 0, 0, 0, 0};
  store16(header + 2, sequence);
  store16(header + 4, length);
  expected_ = kHeaderBytes + length;
  put(header, kHeaderBytes);
}

void FrameWriter::put(const void* bytes, uint32_t count) {
  DORMOUSE_ASSERT(count <= expected_);
  const uint8_t* p = static_cast<const uint8_t*>(bytes);
  crc_ = crc32(p, count, crc_);
  expected_ -= count;
  for (uint32_t i = 0; i < count; i++) encode(p[i]);
}

void FrameWriter::put16(uint16_t value) {
  uint8_t bytes[2];
  store16(bytes, value);
  put(bytes, sizeof bytes);
}

void FrameWriter::put32(uint32_t value) {
  uint8_t bytes[4];
  store32(bytes, value);
  put(bytes, sizeof bytes);
}

void FrameWriter::put64(uint64_t value) {
  uint8_t bytes[8];
  store64(bytes, value);
  put(bytes, sizeof bytes);
}

void FrameWriter::close() {
  DORMOUSE_ASSERT(expected_ == 0);
  uint8_t crc[kCrcBytes];
  store32(crc, crc_);
  for (uint32_t i = 0; i < kCrcBytes; i++) encode(crc[i]);
  memory_[codeAt_] = run_;
  pushByte(0);
}

bool FrameWriter::putText(const void* bytes, uint32_t count) {
  if (room() < count) return false;
  const uint8_t* p = static_cast<const uint8_t*>(bytes);
  for (uint32_t i = 0; i < count; i++) pushByte(p[i]);
  return true;
}

const uint8_t* FrameWriter::front(uint32_t* count) const {
  const uint32_t tail = head_ >= used_ ? head_ - used_ : head_ + capacity_ - used_;
  const uint32_t toEnd = capacity_ - tail;
  *count = used_ < toEnd ? used_ : toEnd;
  return memory_ + tail;
}

void FrameWriter::sent(uint32_t count) {
  DORMOUSE_ASSERT(count <= used_);
  used_ -= count;
}

}  // namespace wire
}  // namespace dormouse
