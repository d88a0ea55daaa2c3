/** The device's end of the line: bytes in and out of the serial port, and the counter of its events. */
#ifndef DORMOUSE_DEVICE_LINK_H
#define DORMOUSE_DEVICE_LINK_H

#include <stdint.h>

#include "board.h"
#include "messages.h"

namespace dormouse {
namespace device {

class Link {
 public:
  enum : uint32_t { kInbox = 256 };

  void begin(Serial* serial, uint8_t* receiveMemory, uint8_t* sendMemory, uint32_t sendBytes);

  /** The next valid frame, if one has come; its payload stays until the next call. */
  bool receive(wire::Frame* frame);

  /** True while an answer of any size fits, with the 0x00 that ends text mode before it: requests are only
   * taken then, so the host feels backpressure. */
  bool canAnswer() const { return writer_.room() >= kAnswerRoom; }
  void answer(uint8_t type, uint16_t sequence, const Reply& reply);

  /** True if an event with so many payload bytes fits and still leaves room for an answer. */
  bool canSend(uint32_t payload) const { return writer_.room() >= wire::encodedBound(payload) + kAnswerRoom; }
  /** Opens an event; put its payload into the writer returned and close it. Only after canSend(). */
  wire::FrameWriter& openEvent(uint8_t type, uint16_t length);
  /** An event that could not be sent: its number is used up, so that the host sees that one is missing. */
  void loseEvent() { event_++; }

  bool putText(const char* text, uint32_t count) { return writer_.putText(text, count); }

  /** Feeds the line. */
  void flush();
  bool flushed() const { return writer_.empty(); }
  /** Bytes that the line has not taken yet. */
  uint32_t waiting() const { return writer_.waiting(); }

  uint32_t damaged() const { return reader_.damaged(); }

 private:
  enum : uint32_t { kAnswerRoom = 1 + wire::kMaxFrame + wire::kMaxFrame / 254 + 2 };

  Serial* serial_;
  wire::FrameReader reader_;
  wire::FrameWriter writer_;
  uint16_t event_;
  uint32_t inboxAt_;
  uint32_t inboxEnd_;
  uint8_t inbox_[kInbox];
};

}  // namespace device
}  // namespace dormouse

#endif
