/** The numbers of firmware/PROTOCOL.md 2 and 3. Never renumber. */
#ifndef DORMOUSE_DEVICE_MESSAGES_H
#define DORMOUSE_DEVICE_MESSAGES_H

#include <stdint.h>

#include "../wire/cbor.h"
#include "../wire/frame.h"

namespace dormouse {
namespace device {

enum : uint8_t {
  kHello = 0x01,
  kPing = 0x02,
  kBye = 0x03,
  kBaud = 0x04,
  kReset = 0x05,
  kStreamStart = 0x10,
  kStreamStop = 0x11,
  kSlotList = 0x20,
  kSlotBegin = 0x21,
  kSlotWrite = 0x22,
  kSlotVerify = 0x23,
  kSlotCommit = 0x24,
  kSlotRollback = 0x25,
  kSlotErase = 0x26,
  kRunStart = 0x30,
  kRunStop = 0x31,
  kInferData = 0x32,
  kInferRun = 0x33,
  kCancelInfer = 0x34,
  kLastRequest = 0x3f,
  kResponse = 0x80,
};

enum : uint8_t {
  kSamples = 0x40,
  kResult = 0x41,
  kLog = 0x42,
  kButton = 0x43,
  kWindow = 0x44,
  kPicture = 0x45,
  kObjectsFound = 0x46,
};

enum ErrorCode : uint8_t {
  kNoError = 0,
  kUnknownRequest = 1,
  kBadRequest = 2,
  kBusy = 3,
  kNotNow = 4,
  kFlashFailed = 5,
  kVerificationFailed = 6,
  kTooLarge = 7,
  kNoModel = 8,
};

/** The answer to one request while it is being made, and kept afterwards in case the request is repeated. */
class Reply {
 public:
  void begin(uint8_t* memory) {
    bytes_ = memory;
    clear();
  }
  void clear() {
    length_ = 0;
    error_ = false;
  }

  void fail(ErrorCode code, const char* text) {
    wire::CborWriter writer(bytes_, wire::kMaxPayload);
    writer.map(2);
    writer.pair("e", static_cast<int64_t>(code));
    writer.pair("m", text);
    length_ = writer.length();
    error_ = true;
  }

  /** The memory for a payload, kMaxPayload bytes; then set() says how many were used. */
  uint8_t* bytes() { return bytes_; }
  const uint8_t* bytes() const { return bytes_; }
  void set(uint32_t length) { length_ = length; }
  void set(const wire::CborWriter& writer) {
    if (writer.ok())
      length_ = writer.length();
    else
      fail(kTooLarge, "The answer does not fit into one frame.");
  }

  uint32_t length() const { return length_; }
  bool error() const { return error_; }

 private:
  uint8_t* bytes_;
  uint32_t length_;
  bool error_;
};

}  // namespace device
}  // namespace dormouse

#endif
