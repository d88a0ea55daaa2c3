/**
 * Sensor frames to the host: one SAMPLES event per block, straight out of the sensor's ring. What the line is
 * too slow for stays in the ring until the ring drops it, or, where a recogniser eats from the same ring, is
 * dropped here; both are counted and leave a jump of the index.
 */
#ifndef DORMOUSE_DEVICE_STREAMS_H
#define DORMOUSE_DEVICE_STREAMS_H

#include <stdint.h>

#include "../wire/adpcm.h"
#include "link.h"
#include "sensor_hub.h"

namespace dormouse {
namespace device {

class Streams {
 public:
  enum : uint32_t { kEventHeader = 20, kBlockMillis = 25 };

  void begin(SensorHub* hub, Link* link);

  /** How an event's values are coded. */
  enum Format : uint8_t { kInt16 = 0, kAdpcm = 1 };

  /** After the hub gave the sensor for kForStream. Only sound of one axis can be kAdpcm: see format().
   * Returns frames per event. */
  uint32_t start(uint8_t sensor, Format wished);
  Format format(uint8_t sensor) const { return streams_[sensor].format; }
  void stop(uint8_t sensor, uint32_t* sent, uint32_t* dropped);
  bool on(uint8_t sensor) const { return streams_[sensor].framesPerEvent != 0; }

  uint32_t framesPerEvent(uint8_t sensor) const { return streams_[sensor].framesPerEvent; }
  bool canSend(uint8_t sensor, uint32_t frames) const;
  /** Sends frames as the ring showed them; only after canSend(). */
  void send(uint8_t sensor, const int16_t* frames, uint32_t count, uint32_t index);
  /** Counts frames that were not sent. */
  void lose(uint8_t sensor, uint32_t count) { streams_[sensor].lost += count; }

 private:
  struct Stream {
    uint32_t framesPerEvent;  // 0 = off
    uint32_t base;            // ring index of the stream's frame 0
    uint32_t ringDropped;     // what the ring had dropped when the stream began
    uint32_t lost;
    uint32_t sent;
    Format format;
    wire::AdpcmState sound;  // of the encoder, before the next event
  };

  uint32_t dropped(uint8_t sensor) const;
  uint32_t valueBytes(uint8_t sensor, uint32_t frames) const;
  void putAdpcm(wire::FrameWriter* writer, Stream* stream, const int16_t* frames, uint32_t count);

  SensorHub* hub_;
  Link* link_;
  Stream streams_[SensorHub::kMaxSensors];
};

}  // namespace device
}  // namespace dormouse

#endif
