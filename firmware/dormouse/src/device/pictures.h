/**
 * Pictures of one camera to the host, each in PICTURE events of at most kPartBytes. A picture is sent whole
 * or not at all: while one is on its way the camera's newer ones replace each other and are counted as
 * dropped.
 *
 * Sends only into a line that is nearly idle, and only a few parts in each loop, so that the blocks of other
 * sensors never wait behind a whole picture, nor the loop for the line.
 */
#ifndef DORMOUSE_DEVICE_PICTURES_H
#define DORMOUSE_DEVICE_PICTURES_H

#include <stdint.h>

#include "link.h"
#include "sensor_hub.h"

namespace dormouse {
namespace device {

class Pictures {
 public:
  enum : uint32_t {
    kEventHeader = 28,
    kPartBytes = wire::kMaxPayload - kEventHeader,
    kPartsPerLoop = 4,
    // Keeps a UART busy for 40 ms at 115,200 baud, and delays a block of samples by no more than that.
    kLineAhead = 512,
  };

  void begin(SensorHub* hub, Link* link);

  /** After the hub gave the camera for kForStream. Returns pictures per event as an answer states it: 1. */
  uint32_t start(uint8_t sensor);
  void stop(uint8_t sensor, uint32_t* sent, uint32_t* dropped);
  bool on(uint8_t sensor) const { return streaming_ && streamSensor_ == sensor; }
  bool busy() const { return streaming_; }

  /** Holds the newest picture of a camera; false if there is none yet. */
  bool take(uint8_t sensor);
  bool holds() const { return holding_; }
  /** The camera that the held picture is of. */
  uint8_t of() const { return heldSensor_; }
  const capture::Shot& shot() const { return shot_; }
  /** Sends what the line takes of the held picture; true when nothing of it is left. */
  bool send();
  void release();

 private:
  uint32_t index() const { return shot_.number - base_; }
  void sendPart(uint32_t bytes);

  SensorHub* hub_;
  Link* link_;

  bool streaming_;
  uint8_t streamSensor_;
  bool based_;     // base_ is known
  uint32_t base_;  // the camera's number of the stream's picture 0
  uint32_t next_;  // index behind the newest picture that was seen
  uint32_t sent_;

  bool holding_;
  uint8_t heldSensor_;
  capture::Shot shot_;
  uint32_t offset_;
};

}  // namespace device
}  // namespace dormouse

#endif
