/**
 * What a board must offer to the device logic: a line, a clock, sensors, and a way to restart. One small file
 * per board implements these (its flash: slot/flash.h). Called from the loop only; nothing here may wait for
 * the host.
 */
#ifndef DORMOUSE_DEVICE_BOARD_H
#define DORMOUSE_DEVICE_BOARD_H

#include <stdint.h>

#include "../capture/picture.h"
#include "../capture/ring.h"

namespace dormouse {
namespace device {

/** The line to the host. */
class Serial {
 public:
  /** Copies what has arrived, at most `capacity` bytes; 0 if nothing has. */
  virtual uint32_t read(uint8_t* bytes, uint32_t capacity) = 0;
  /** Takes as many of the bytes as it can without waiting; returns how many. */
  virtual uint32_t write(const uint8_t* bytes, uint32_t count) = 0;
  /** Changes the speed of a UART bridge; false where speed means nothing (USB). */
  virtual bool canSetBaud(uint32_t baud) = 0;
  virtual void setBaud(uint32_t baud) = 0;

 protected:
  ~Serial() {}
};

class Clock {
 public:
  /** Microseconds since start; never goes back. */
  virtual uint64_t micros() = 0;
  /** Microseconds on a watch good for short durations; wraps. */
  virtual uint32_t ticks() = 0;

 protected:
  ~Clock() {}
};

enum class SensorKind : uint8_t { kMotion, kAudio, kCamera, kOther };

/** One number of a frame: value in `units` = raw * scale. */
struct Axis {
  const char* name;
  const char* units;
  float scale;
};

struct SensorInfo {
  const char* name;
  SensorKind kind;
  uint8_t axisCount;
  uint8_t rateCount;
  const Axis* axes;
  const uint32_t* ratesMilliHz;  // the default first
};

/** The pictures of a camera: all of one size and format while the board runs. */
struct CameraInfo {
  uint16_t width;
  uint16_t height;
  capture::PixelFormat format;  // gray or RGB565: what the wire carries
};

/** A board's sensors, numbered from 0. */
class Sensors {
 public:
  virtual uint8_t count() const = 0;
  virtual const SensorInfo& info(uint8_t sensor) const = 0;
  /** Where the sensor's frames arrive; never asked of a camera. */
  virtual capture::Ring& ring(uint8_t sensor) = 0;
  /** Starts it near this rate; returns the rate really set, 0 if it cannot. */
  virtual uint32_t start(uint8_t sensor, uint32_t rateMilliHz) = 0;
  /** After this nothing is pushed into its ring. */
  virtual void stop(uint8_t sensor) = 0;
  /** Once in each loop: moves frames of sensors that do not interrupt into their rings. */
  virtual void poll() = 0;

  /** What a camera's pictures are like; false for every other sensor. */
  virtual bool camera(uint8_t, CameraInfo*) { return false; }
  /**
   * The newest whole picture of a running camera, if there is one that was not shown yet. It lies still until
   * releasePicture(), which comes before the next call; pictures that are taken meanwhile go elsewhere, the
   * newest in the place of the one before it.
   */
  virtual bool picture(uint8_t, capture::Shot*) { return false; }
  virtual void releasePicture(uint8_t) {}

 protected:
  ~Sensors() {}
};

class System {
 public:
  /** Does not need to come back. The answer to the request has been written to the line: let it get out
   * first. */
  virtual void restart(bool intoBootloader) = 0;
  /** A result of the recogniser, for a lamp or a pin; label -1 = none. */
  virtual void recognised(int16_t label) = 0;

 protected:
  ~System() {}
};

/** Who the board is; all texts are ended by 0 and stay valid. */
struct Identity {
  const char* board;
  const char* mcu;
  const char* firmware;
  const char* uid;
  const char* button;  // what the button that BUTTON events are of is called; nullptr = there is none
};

}  // namespace device
}  // namespace dormouse

#endif
