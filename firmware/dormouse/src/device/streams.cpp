/** Cuts the frames of a sensor into SAMPLES events. */
#include "streams.h"

namespace dormouse {
namespace device {

static const uint32_t kSampleBytes = 2;

void Streams::begin(SensorHub* hub, Link* link) {
  hub_ = hub;
  link_ = link;
  for (uint8_t i = 0; i < SensorHub::kMaxSensors; i++) {
    const Stream off = {0, 0, 0, 0, 0};
    streams_[i] = off;
  }
}

uint32_t Streams::start(uint8_t sensor) {
  capture::Ring& ring = hub_->ring(sensor);
  Stream& stream = streams_[sensor];
  const uint32_t most = (wire::kMaxPayload - kEventHeader) / (ring.axes() * kSampleBytes);
  uint32_t frames =
      static_cast<uint32_t>(static_cast<uint64_t>(hub_->rate(sensor)) * kBlockMillis / 1000000u);
  if (frames < 1) frames = 1;
  stream.framesPerEvent = frames < most ? frames : most;
  // Frames that wait already (for a recogniser that runs) are the stream's first.
  const int16_t* unused;
  uint32_t index = 0;
  stream.base = ring.peek(&unused, &index) > 0 ? index : ring.pushedIndex();
  stream.ringDropped = ring.dropped();
  stream.lost = 0;
  stream.sent = 0;
  return stream.framesPerEvent;
}

uint32_t Streams::dropped(uint8_t sensor) const {
  const Stream& stream = streams_[sensor];
  return hub_->ring(sensor).dropped() - stream.ringDropped + stream.lost;
}

void Streams::stop(uint8_t sensor, uint32_t* sent, uint32_t* dropped) {
  *sent = streams_[sensor].sent;
  *dropped = this->dropped(sensor);
  streams_[sensor].framesPerEvent = 0;
}

bool Streams::canSend(uint8_t sensor, uint32_t frames) const {
  return link_->canSend(kEventHeader + frames * hub_->ring(sensor).axes() * kSampleBytes);
}

void Streams::send(uint8_t sensor, const int16_t* frames, uint32_t count, uint32_t index) {
  capture::Ring& ring = hub_->ring(sensor);
  Stream& stream = streams_[sensor];
  const uint32_t bytes = count * ring.axes() * kSampleBytes;
  wire::FrameWriter& writer = link_->openEvent(kSamples, static_cast<uint16_t>(kEventHeader + bytes));
  const uint8_t start[2] = {sensor, 0};
  writer.put(start, sizeof start);
  writer.put16(static_cast<uint16_t>(count));
  writer.put32(index - stream.base);
  writer.put64(ring.microsAt(index, hub_->rate(sensor)));
  writer.put32(dropped(sensor));
  writer.put(frames, bytes);  // every MCU that we know is little-endian, as the wire is
  writer.close();
  stream.sent += count;
}

}  // namespace device
}  // namespace dormouse
