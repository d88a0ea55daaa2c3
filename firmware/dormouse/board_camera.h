/**
 * A board's camera: pictures of one size and format, one at a time. Knows nothing of who looks at them.
 */
#ifndef DORMOUSE_BOARD_CAMERA_H
#define DORMOUSE_BOARD_CAMERA_H

#include "src/device/board.h"

namespace dormouse {
namespace board {

class Camera {
 public:
  virtual const device::SensorInfo& info() const = 0;
  virtual device::CameraInfo shape() const = 0;
  /** Starts it near this rate; returns the rate in mHz, 0 if it cannot. */
  virtual uint32_t start(uint32_t rateMilliHz) = 0;
  virtual void stop() = 0;
  /** The newest picture not shown yet; it lies still until release(). `shot->number` counts those left out.
   */
  virtual bool take(capture::Shot* shot) = 0;
  virtual void release() = 0;

 protected:
  ~Camera() {}
};

/**
 * Which pictures are due, for cameras that are asked for each one: pictures are numbered by the clock, so
 * that one that nobody had time for is missing in the numbers, and thus seen.
 */
class PictureClock {
 public:
  void start(uint64_t now, uint32_t rateMilliHz);
  /** True once per period; `*number` is the period's. */
  bool due(uint64_t now, uint32_t* number);

 private:
  uint64_t begun_;
  uint32_t rate_;  // mHz
  uint32_t next_;
};

}  // namespace board
}  // namespace dormouse

#endif
