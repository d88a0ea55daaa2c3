/** Cuts the frames of a sensor into SAMPLES events. */
#include "streams.h"

namespace dormouse {
namespace device {

static const uint32_t kSampleBytes = 2;
/** Before the codes of a compressed event: where its encoder stood. */
static const uint32_t kAdpcmHeader = 4;
/** Codes made at once, on the stack. */
static const uint32_t kAdpcmPiece = 32;

void Streams::begin(SensorHub* hub, Link* link) {
  hub_ = hub;
  link_ = link;
  for (uint8_t i = 0; i < SensorHub::kMaxSensors; i++) {
    const Stream off = {0, 0, 0, 0, 0, kInt16, {0, 0}};
    streams_[i] = off;
  }
}

uint32_t Streams::valueBytes(uint8_t sensor, uint32_t frames) const {
  if (streams_[sensor].format == kAdpcm) return kAdpcmHeader + wire::adpcmBytes(frames);
  return frames * hub_->ring(sensor).axes() * kSampleBytes;
}

uint32_t Streams::start(uint8_t sensor, Format wished) {
  capture::Ring& ring = hub_->ring(sensor);
  Stream& stream = streams_[sensor];
  const bool sound = hub_->info(sensor).kind == SensorKind::kAudio && ring.axes() == 1;
  stream.format = sound ? wished : kInt16;
  stream.sound.predictor = 0;
  stream.sound.index = 0;
  const uint32_t most =
      (static_cast<uint32_t>(wire::kMaxPayload) - kEventHeader) / (ring.axes() * kSampleBytes);
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
  return link_->canSend(kEventHeader + valueBytes(sensor, frames));
}

void Streams::putAdpcm(wire::FrameWriter* writer, Stream* stream, const int16_t* frames, uint32_t count) {
  const uint8_t head[2] = {stream->sound.index, 0};
  writer->put16(static_cast<uint16_t>(stream->sound.predictor));
  writer->put(head, sizeof head);
  uint8_t codes[kAdpcmPiece];
  while (count > 0) {
    const uint32_t part = count < 2 * kAdpcmPiece ? count : 2 * kAdpcmPiece;
    wire::adpcmEncode(&stream->sound, frames, part, codes);
    writer->put(codes, wire::adpcmBytes(part));
    frames += part;
    count -= part;
  }
}

void Streams::send(uint8_t sensor, const int16_t* frames, uint32_t count, uint32_t index) {
  capture::Ring& ring = hub_->ring(sensor);
  Stream& stream = streams_[sensor];
  const uint32_t bytes = valueBytes(sensor, count);
  wire::FrameWriter& writer = link_->openEvent(kSamples, static_cast<uint16_t>(kEventHeader + bytes));
  const uint8_t start[2] = {sensor, stream.format};
  writer.put(start, sizeof start);
  writer.put16(static_cast<uint16_t>(count));
  writer.put32(index - stream.base);
  writer.put64(ring.microsAt(index, hub_->rate(sensor)));
  writer.put32(dropped(sensor));
  if (stream.format == kAdpcm)
    putAdpcm(&writer, &stream, frames, count);
  else
    writer.put(frames, bytes);  // every MCU that we know is little-endian, as the wire is
  writer.close();
  stream.sent += count;
}

}  // namespace device
}  // namespace dormouse
