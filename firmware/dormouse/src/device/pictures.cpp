/** Cuts pictures into PICTURE events. */
#include "pictures.h"

namespace dormouse {
namespace device {

void Pictures::begin(SensorHub* hub, Link* link) {
  hub_ = hub;
  link_ = link;
  streaming_ = false;
  streamSensor_ = 0;
  holding_ = false;
  heldSensor_ = 0;
  based_ = false;
  base_ = next_ = sent_ = offset_ = 0;
}

uint32_t Pictures::start(uint8_t sensor) {
  // A camera that runs for a recogniser already has numbers behind it: the next picture is the stream's
  // first.
  if (holding_ && heldSensor_ == sensor) release();
  streaming_ = true;
  streamSensor_ = sensor;
  based_ = !hub_->used(sensor, kForRun);
  base_ = next_ = sent_ = 0;
  return 1;
}

void Pictures::stop(uint8_t sensor, uint32_t* sent, uint32_t* dropped) {
  *sent = *dropped = 0;
  if (!on(sensor)) return;
  if (holding_ && heldSensor_ == sensor) release();
  // The camera may have a newer one that nobody looked at: it was made, and it was not sent.
  if (take(sensor)) release();
  *sent = sent_;
  *dropped = next_ - sent_;
  streaming_ = false;
}

bool Pictures::take(uint8_t sensor) {
  if (!hub_->picture(sensor, &shot_)) return false;
  holding_ = true;
  heldSensor_ = sensor;
  offset_ = 0;
  if (on(sensor)) {
    if (!based_) base_ = shot_.number;
    based_ = true;
    next_ = index() + 1;
  }
  return true;
}

void Pictures::release() {
  holding_ = false;
  hub_->releasePicture(heldSensor_);
}

bool Pictures::send() {
  const uint32_t total = capture::pictureBytes(shot_.picture);
  for (uint32_t parts = 0; parts < kPartsPerLoop && offset_ < total; parts++) {
    const uint32_t left = total - offset_;
    const uint32_t bytes = left < kPartBytes ? left : static_cast<uint32_t>(kPartBytes);
    if (link_->waiting() > kLineAhead || !link_->canSend(kEventHeader + bytes)) return false;
    sendPart(bytes);
    link_->flush();
  }
  if (offset_ < total) return false;
  sent_++;
  return true;
}

void Pictures::sendPart(uint32_t bytes) {
  const capture::Picture& picture = shot_.picture;
  wire::FrameWriter& writer = link_->openEvent(kPicture, static_cast<uint16_t>(kEventHeader + bytes));
  const uint8_t start[2] = {heldSensor_, static_cast<uint8_t>(picture.format)};
  writer.put(start, sizeof start);
  writer.put16(picture.width);
  writer.put16(picture.height);
  writer.put16(0);
  writer.put32(index());
  writer.put64(shot_.micros);
  writer.put32(index() - sent_);
  writer.put32(offset_);
  writer.put(picture.bytes + offset_, bytes);
  writer.close();
  offset_ += bytes;
}

}  // namespace device
}  // namespace dormouse
