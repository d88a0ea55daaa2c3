/** Moves frames between the serial port and the session. */
#include "link.h"

namespace dormouse {
namespace device {

void Link::begin(Serial* serial, uint8_t* receiveMemory, uint8_t* sendMemory, uint32_t sendBytes) {
  serial_ = serial;
  reader_.begin(receiveMemory, wire::kMaxFrame);
  writer_.begin(sendMemory, sendBytes);
  event_ = 0;
  inboxAt_ = 0;
  inboxEnd_ = 0;
}

bool Link::receive(wire::Frame* frame) {
  for (;;) {
    if (inboxAt_ == inboxEnd_) {
      inboxAt_ = 0;
      inboxEnd_ = serial_->read(inbox_, kInbox);
      if (inboxEnd_ == 0) return false;
    }
    bool ready;
    inboxAt_ += reader_.take(inbox_ + inboxAt_, inboxEnd_ - inboxAt_, frame, &ready);
    if (ready) return true;
  }
}

void Link::answer(uint8_t type, uint16_t sequence, const Reply& reply) {
  const uint8_t flags = reply.error() ? static_cast<uint8_t>(wire::kFlagError) : static_cast<uint8_t>(0);
  writer_.open(type | kResponse, flags, sequence, static_cast<uint16_t>(reply.length()));
  writer_.put(reply.bytes(), reply.length());
  writer_.close();
}

wire::FrameWriter& Link::openEvent(uint8_t type, uint16_t length) {
  writer_.open(type, 0, event_++, length);
  return writer_;
}

void Link::flush() {
  while (!writer_.empty()) {
    uint32_t count;
    const uint8_t* bytes = writer_.front(&count);
    const uint32_t taken = serial_->write(bytes, count);
    writer_.sent(taken);
    if (taken < count) return;
  }
}

}  // namespace device
}  // namespace dormouse
