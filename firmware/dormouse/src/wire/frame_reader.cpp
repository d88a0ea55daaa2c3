/** Takes frames off the line, byte by byte. Everything here may come from a hostile host: nothing asserts. */
#include "bytes.h"
#include "crc32.h"
#include "frame.h"

namespace dormouse {
namespace wire {

void FrameReader::begin(uint8_t* buffer, uint32_t capacity) {
  buffer_ = buffer;
  capacity_ = capacity;
  damaged_ = 0;
  restart();
}

void FrameReader::restart() {
  length_ = 0;
  runLeft_ = 0;
  zeroOwed_ = false;
  overflow_ = false;
  any_ = false;
}

void FrameReader::append(uint8_t value) {
  if (length_ < capacity_)
    buffer_[length_++] = value;
  else
    overflow_ = true;
}

bool FrameReader::finish(Frame* frame) {
  if (runLeft_ != 0 || overflow_ || length_ < kHeaderBytes + kCrcBytes) return false;
  const uint32_t payload = length_ - kHeaderBytes - kCrcBytes;
  if (load16(buffer_ + 4) != payload) return false;
  if (load32(buffer_ + length_ - kCrcBytes) != crc32(buffer_, length_ - kCrcBytes)) return false;
  frame->type = buffer_[0];
  frame->flags = buffer_[1];
  frame->sequence = load16(buffer_ + 2);
  frame->length = static_cast<uint16_t>(payload);
  frame->payload = buffer_ + kHeaderBytes;
  return true;
}

uint32_t FrameReader::take(const uint8_t* bytes, uint32_t count, Frame* frame, bool* ready) {
  *ready = false;
  for (uint32_t i = 0; i < count; i++) {
    const uint8_t value = bytes[i];
    if (value == 0) {
      if (any_) {
        *ready = finish(frame);
        if (!*ready) damaged_++;
      }
      restart();
      if (*ready) return i + 1;
    } else if (runLeft_ == 0) {
      any_ = true;
      if (zeroOwed_) append(0);
      runLeft_ = static_cast<uint8_t>(value - 1);
      zeroOwed_ = value != 0xff;
    } else {
      append(value);
      runLeft_--;
    }
  }
  return count;
}

}  // namespace wire
}  // namespace dormouse
