/**
 * A motion chip: acceleration and rotation, six axes, at a rate that the chip's own clock makes, through the
 * chip's own FIFO. Between two looks at the FIFO the loop may do something else for as long as the FIFO
 * lasts; frames are neither lost nor doubled, as they are where a sketch reads "the latest value" now and
 * then.
 */
#ifndef DORMOUSE_IMU_H
#define DORMOUSE_IMU_H

#include "src/device/board.h"

namespace dormouse {
namespace board {

class Imu {
 public:
  enum : uint8_t { kAxes = 6, kMostFrames = 5 };

  /** Axes accX to gyrZ with the chip's true scales, and the rates that it has. */
  virtual const device::SensorInfo& info() const = 0;
  /** Starts it at one of its rates with an empty FIFO. False if the chip does not answer. */
  virtual bool start(uint32_t rateMilliHz) = 0;
  virtual void stop() = 0;
  /** Frames in the FIFO. `*overran`: it was full, so some may be lost and the rest may be out of step. */
  virtual uint32_t waiting(bool* overran) = 0;
  /** Takes `count` frames, 1 to kMostFrames, out of the FIFO: acceleration x y z, rotation x y z. */
  virtual bool read(int16_t* frames, uint32_t count) = 0;

 protected:
  ~Imu() {}
};

/** The rate of `info`, whatever sensor it is of, that is nearest to the one asked for. */
uint32_t nearestRate(const device::SensorInfo& info, uint32_t rateMilliHz);
/** Which of `info`'s rates this one is. */
uint8_t rateIndex(const device::SensorInfo& info, uint32_t rateMilliHz);

}  // namespace board
}  // namespace dormouse

#endif
