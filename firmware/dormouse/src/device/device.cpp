/** The device's loop: requests in, answers out, sensors moved along, the line fed. */
#include "device.h"

namespace dormouse {
namespace device {

bool Device::begin(const Parts& parts) {
  if (parts.memoryBytes < kWireMemory) return false;
  parts_ = parts;
  uint8_t* memory = parts.memory;
  link_.begin(parts.serial, memory, memory + kReceiveMemory, kSendRing);
  reply_.begin(memory + kReceiveMemory + kSendRing);
  store_.begin(parts.flash, memory + kReceiveMemory + kSendRing + kReplyMemory);
  recogniser_.begin(memory + kWireMemory, parts.memoryBytes - kWireMemory, parts.clock);
  hub_.begin(parts.sensors);
  streams_.begin(&hub_, &link_);
  pictures_.begin(&hub_, &link_);
  run_.begin(&hub_, &link_, &recogniser_, parts.system);
  spoken_ = false;
  answered_ = false;
  lastType_ = 0;
  lastSequence_ = 0;
  after_ = After::kNothing;
  newBaud_ = 0;
  verified_ = false;
  startMarked_ = false;
  inferKind_ = 0;
  inferNext_ = 0;
  startText();
  return true;
}

void Device::loop() {
  hub_.poll();
  // A few requests at a time, so that a host that asks without end does not starve the sensors.
  wire::Frame frame;
  for (int i = 0; i < 8 && after_ == After::kNothing && link_.canAnswer() && link_.receive(&frame); i++) {
    answer(frame);
    link_.flush();
  }
  for (uint8_t i = 0; i < hub_.count(); i++) {
    if (hub_.running(i) && !hub_.isCamera(i)) pump(i);
  }
  run_.sendWindowParts();
  // Pictures come last: they take what the line has left.
  for (uint8_t i = 0; i < hub_.count(); i++) {
    if (hub_.running(i) && hub_.isCamera(i)) pumpPictures(i);
  }
  link_.flush();
  if (after_ != After::kNothing && link_.flushed()) finishAfter();
}

void Device::answer(const wire::Frame& frame) {
  if (frame.type == 0 || frame.type > kLastRequest)
    return;  // not a request: an echo of ours, or a later protocol's
  if (!spoken_) {
    spoken_ = true;
    hub_.leaveAll(kForText);
    link_.putText("", 1);  // ends the text line that may stand on the line
  }
  // HELLO and PING do nothing that must not be done twice, and want fresh values.
  const bool repeated = answered_ && frame.type == lastType_ && frame.sequence == lastSequence_ &&
                        frame.type != kHello && frame.type != kPing;
  if (!repeated) {
    reply_.clear();
    handle(frame);
    answered_ = true;
    lastType_ = frame.type;
    lastSequence_ = frame.sequence;
  }
  link_.answer(frame.type, frame.sequence, reply_);
}

void Device::handle(const wire::Frame& frame) {
  switch (frame.type) {
    case kHello:
      return hello();
    case kPing:
      return ping(frame);
    case kBye:
      return bye();
    case kBaud:
      return baud(frame);
    case kReset:
      return reset(frame);
    case kStreamStart:
      return streamStart(frame);
    case kStreamStop:
      return streamStop(frame);
    case kSlotList:
      return slotList();
    case kSlotBegin:
      return slotBegin(frame);
    case kSlotWrite:
      return slotWrite(frame);
    case kSlotVerify:
      return slotVerify();
    case kSlotCommit:
      return slotCommit();
    case kSlotRollback:
      return slotRollback();
    case kSlotErase:
      return slotErase(frame);
    case kRunStart:
      return runStart(frame);
    case kRunStop:
      return run_.stop();
    case kInferData:
      return inferData(frame);
    case kInferRun:
      return inferRun(frame);
    case kCancelInfer:
      inferNext_ = 0;
      return;
    default:
      return reply_.fail(kUnknownRequest, "This firmware does not know that request.");
  }
}

void Device::finishAfter() {
  const After after = after_;
  after_ = After::kNothing;
  if (after == After::kSetBaud) {
    parts_.serial->setBaud(newBaud_);
  } else if (after == After::kText) {
    spoken_ = false;
    answered_ = false;
    startText();
  } else {
    parts_.system->restart(after == After::kBootloader);
  }
}

void Device::log(uint8_t level, const char* text) {
  if (!spoken_) return;
  uint8_t payload[TextLine::kCapacity + 16];
  wire::CborWriter writer(payload, sizeof payload);
  writer.map(2);
  writer.pair("l", static_cast<int64_t>(level));
  writer.pair("m", text);
  if (!writer.ok() || !link_.canSend(writer.length())) return link_.loseEvent();
  wire::FrameWriter& event = link_.openEvent(kLog, static_cast<uint16_t>(writer.length()));
  event.put(payload, writer.length());
  event.close();
}

void Device::button(uint8_t number, bool pressed) {
  if (!spoken_) return;
  if (!link_.canSend(2)) return link_.loseEvent();
  const uint8_t payload[2] = {number, pressed ? static_cast<uint8_t>(1) : static_cast<uint8_t>(0)};
  wire::FrameWriter& event = link_.openEvent(kButton, sizeof payload);
  event.put(payload, sizeof payload);
  event.close();
}

}  // namespace device
}  // namespace dormouse
