/** HELLO, PING, BYE, BAUD, RESET and the streams: the requests that need no model. */
#include <string.h>

#include "../wire/bytes.h"
#include "device.h"

namespace dormouse {
namespace device {

static const char* kindName(SensorKind kind) {
  switch (kind) {
    case SensorKind::kMotion:
      return "motion";
    case SensorKind::kAudio:
      return "audio";
    case SensorKind::kCamera:
      return "camera";
    default:
      return "other";
  }
}

/** `camera` is nullptr for a sensor that is none. */
static void writeSensor(wire::CborWriter& writer, uint8_t id, const SensorInfo& info,
                        const CameraInfo* camera) {
  writer.map(camera ? 8 : 5);
  writer.pair("id", static_cast<int64_t>(id));
  writer.pair("name", info.name);
  writer.pair("kind", kindName(info.kind));
  writer.text("axes");
  writer.array(info.axisCount);
  for (uint8_t i = 0; i < info.axisCount; i++) {
    writer.map(3);
    writer.pair("n", info.axes[i].name);
    writer.pair("u", info.axes[i].units);
    writer.text("s");
    writer.float32(info.axes[i].scale);
  }
  writer.text("rates");
  writer.array(info.rateCount);
  for (uint8_t i = 0; i < info.rateCount; i++) writer.integer(info.ratesMilliHz[i]);
  if (!camera) return;
  writer.pair("w", static_cast<int64_t>(camera->width));
  writer.pair("h", static_cast<int64_t>(camera->height));
  writer.pair("px", static_cast<int64_t>(camera->format));
}

void Device::hello() {
  stopEverything();
  store_.abandon();
  wire::CborWriter writer(reply_.bytes(), wire::kMaxPayload);
  writer.map(parts_.identity.button ? 13 : 12);
  writer.pair("proto", static_cast<int64_t>(1));
  writer.pair("board", parts_.identity.board);
  writer.pair("mcu", parts_.identity.mcu);
  writer.pair("fw", parts_.identity.firmware);
  writer.pair("uid", parts_.identity.uid);
  if (parts_.identity.button) writer.pair("btn", parts_.identity.button);
  writer.pair("clock", static_cast<int64_t>(parts_.clock->micros()));
  writer.pair("rx", static_cast<int64_t>(wire::kMaxPayload));
  writer.pair("ram", static_cast<int64_t>(parts_.memoryBytes - kWireMemory));
  writer.pair("slot", static_cast<int64_t>(parts_.flash->slotBytes()));
  writer.text("sensors");
  writer.array(hub_.count());
  for (uint8_t i = 0; i < hub_.count(); i++) {
    CameraInfo camera;
    writeSensor(writer, i, hub_.info(i), hub_.camera(i, &camera) ? &camera : nullptr);
  }
  writeSlots(writer);
  reply_.set(writer);
}

void Device::ping(const wire::Frame& frame) {
  if (frame.length > wire::kMaxPayload - 8)
    return reply_.fail(kTooLarge, "A PING carries at most 1016 bytes.");
  wire::store64(reply_.bytes(), parts_.clock->micros());
  memcpy(reply_.bytes() + 8, frame.payload, frame.length);
  reply_.set(8u + frame.length);
}

void Device::stopEverything() {
  for (uint8_t i = 0; i < hub_.count(); i++) {
    uint32_t sent;
    uint32_t dropped;
    stopStream(i, &sent, &dropped);
  }
  run_.stop();
  inferNext_ = 0;
}

/** Also where nothing streams: then nothing was sent. */
void Device::stopStream(uint8_t sensor, uint32_t* sent, uint32_t* dropped) {
  if (hub_.isCamera(sensor))
    pictures_.stop(sensor, sent, dropped);
  else
    streams_.stop(sensor, sent, dropped);
  hub_.leave(sensor, kForStream);
}

void Device::bye() {
  stopEverything();
  after_ = After::kText;
}

void Device::baud(const wire::Frame& frame) {
  uint32_t baud;
  if (!wire::findNumber(frame.payload, frame.length, "b", &baud))
    return reply_.fail(kBadRequest, "BAUD needs a number b.");
  if (!parts_.serial->canSetBaud(baud)) return reply_.fail(kNotNow, "This line has no such speed.");
  newBaud_ = baud;
  after_ = After::kSetBaud;
}

void Device::reset(const wire::Frame& frame) {
  uint32_t mode;
  if (!wire::findNumber(frame.payload, frame.length, "m", &mode) || mode > 1)
    return reply_.fail(kBadRequest, "RESET needs m: 0 to restart, 1 for the bootloader.");
  stopEverything();
  after_ = mode == 1 ? After::kBootloader : After::kRestart;
}

bool Device::sensorOf(const wire::Frame& frame, uint8_t* sensor) {
  uint32_t id;
  if (!wire::findNumber(frame.payload, frame.length, "s", &id)) {
    reply_.fail(kBadRequest, "The request needs a sensor number s.");
    return false;
  }
  if (id >= hub_.count()) {
    reply_.fail(kBadRequest, "This board has no sensor of that number.");
    return false;
  }
  *sensor = static_cast<uint8_t>(id);
  return true;
}

void Device::streamStart(const wire::Frame& frame) {
  uint8_t sensor;
  uint32_t rate;
  if (!sensorOf(frame, &sensor)) return;
  if (!wire::findNumber(frame.payload, frame.length, "r", &rate) || rate == 0)
    return reply_.fail(kBadRequest, "STREAM_START needs a rate r in mHz.");
  uint32_t sent;
  uint32_t dropped;
  stopStream(sensor, &sent, &dropped);
  if (hub_.isCamera(sensor) && pictures_.busy())
    return reply_.fail(kBusy, "This board sends the pictures of one camera at a time.");
  const SensorHub::Taken taken = hub_.take(sensor, kForStream, rate);
  if (taken == SensorHub::Taken::kOtherRate)
    return reply_.fail(kBusy, "The recogniser runs that sensor at another rate.");
  if (taken == SensorHub::Taken::kRefused)
    return reply_.fail(kNotNow, "The sensor did not start at that rate.");
  uint32_t format;
  if (!wire::findNumber(frame.payload, frame.length, "f", &format)) format = Streams::kInt16;
  const bool camera = hub_.isCamera(sensor);
  const Streams::Format wished = format == Streams::kAdpcm ? Streams::kAdpcm : Streams::kInt16;
  const uint32_t frames = camera ? pictures_.start(sensor) : streams_.start(sensor, wished);
  wire::CborWriter writer(reply_.bytes(), wire::kMaxPayload);
  writer.map(3);
  writer.pair("r", static_cast<int64_t>(hub_.rate(sensor)));
  writer.pair("f", static_cast<int64_t>(frames));
  writer.pair("c", static_cast<int64_t>(camera ? Streams::kInt16 : streams_.format(sensor)));
  reply_.set(writer);
}

void Device::streamStop(const wire::Frame& frame) {
  uint8_t sensor;
  if (!sensorOf(frame, &sensor)) return;
  uint32_t sent;
  uint32_t dropped;
  stopStream(sensor, &sent, &dropped);
  wire::CborWriter writer(reply_.bytes(), wire::kMaxPayload);
  writer.map(2);
  writer.pair("n", static_cast<int64_t>(sent));
  writer.pair("d", static_cast<int64_t>(dropped));
  reply_.set(writer);
}

}  // namespace device
}  // namespace dormouse
