/**
 * Frames on the line (firmware/PROTOCOL.md 1): COBS( header | payload | CRC-32 ) 0x00.
 *
 * The reader takes bytes as they come, in pieces of any size, into one bounded buffer; the writer puts whole
 * frames into a bounded byte ring from which the line is fed. Neither knows what the types mean, nor any
 * serial port.
 */
#ifndef DORMOUSE_WIRE_FRAME_H
#define DORMOUSE_WIRE_FRAME_H

#include <stdint.h>

namespace dormouse {
namespace wire {

enum : uint32_t {
  kHeaderBytes = 6,
  kCrcBytes = 4,
  kMaxPayload = 1024,
  kMaxFrame = kHeaderBytes + kMaxPayload + kCrcBytes,
};

enum : uint8_t { kFlagError = 1 };

/** One frame whose CRC was right. `payload` lies in the reader's buffer until the reader is given more bytes.
 */
struct Frame {
  uint8_t type;
  uint8_t flags;
  uint16_t sequence;
  uint16_t length;
  const uint8_t* payload;
};

class FrameReader {
 public:
  /** `capacity` = header, largest payload wanted, CRC. Longer frames are counted as damaged. */
  void begin(uint8_t* buffer, uint32_t capacity);

  /**
   * Takes bytes up to the end of the first whole frame. Returns how many were taken; `*ready` says whether
   * `*frame` is now a valid frame. Whatever is wrong with a frame, the next 0x00 begins anew.
   */
  uint32_t take(const uint8_t* bytes, uint32_t count, Frame* frame, bool* ready);

  /** Frames that were dropped: bad COBS, too long, wrong length, wrong CRC. */
  uint32_t damaged() const { return damaged_; }

 private:
  void restart();
  void append(uint8_t value);
  bool finish(Frame* frame);

  uint8_t* buffer_;
  uint32_t capacity_;
  uint32_t length_;
  uint32_t damaged_;
  uint8_t runLeft_;  // data bytes before the next COBS code byte
  bool zeroOwed_;    // a 0x00 stands before the next code byte's run
  bool overflow_;
  bool any_;  // a byte came since the last 0x00
};

/** Bytes on the line that a frame with this payload can take at most, its ending 0x00 included. */
inline uint32_t encodedBound(uint32_t payload) {
  const uint32_t raw = kHeaderBytes + payload + kCrcBytes;
  return raw + raw / 254 + 2;
}

class FrameWriter {
 public:
  void begin(uint8_t* memory, uint32_t capacity);

  uint32_t room() const { return capacity_ - used_; }
  bool empty() const { return used_ == 0; }
  /** Bytes that wait for the line. */
  uint32_t waiting() const { return used_; }

  /** True if a frame with so many payload bytes surely fits now. */
  bool fits(uint32_t payload) const { return room() >= encodedBound(payload); }

  /** Opens a frame of exactly `length` payload bytes; only after fits(length). */
  void open(uint8_t type, uint8_t flags, uint16_t sequence, uint16_t length);
  void put(const void* bytes, uint32_t count);
  void put16(uint16_t value);
  void put32(uint32_t value);
  void put64(uint64_t value);
  void close();

  /** Bytes that are no frame: text lines, and the 0x00 that ends them. False, and nothing put, if they do not
   * fit. */
  bool putText(const void* bytes, uint32_t count);

  /** The bytes to send next, as many as lie in one piece. */
  const uint8_t* front(uint32_t* count) const;
  void sent(uint32_t count);

 private:
  void encode(uint8_t value);
  void pushByte(uint8_t value);

  uint8_t* memory_;
  uint32_t capacity_;
  uint32_t head_;  // where the next byte goes
  uint32_t used_;
  uint32_t codeAt_;  // place of the open COBS code byte
  uint32_t crc_;
  uint32_t expected_;  // payload bytes still to come
  uint8_t run_;
};

}  // namespace wire
}  // namespace dormouse

#endif
