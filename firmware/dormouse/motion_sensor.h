/** Runs a motion chip and moves its FIFO into a ring. Knows nothing of Arduino. */
#ifndef DORMOUSE_MOTION_SENSOR_H
#define DORMOUSE_MOTION_SENSOR_H

#include "imu.h"

namespace dormouse {
namespace board {

class MotionSensor {
 public:
  enum : uint32_t {
    kRingFrames = 256,
    // Data sheets give 35 to 80 ms from switching a gyroscope on to values one can believe.
    kSettlingMicros = 100000,
    // Each look at the FIFO costs about 0.2 ms of I2C; the smallest FIFO at its fastest rate lasts 67 ms.
    kLookEveryMicros = 4000,
  };

  void begin(Imu* imu, device::Clock* clock);

  const device::SensorInfo& info() const { return imu_->info(); }
  capture::Ring& ring() { return ring_; }
  /** Starts it at the nearest rate that the chip has; returns that rate, 0 if the chip does not answer. */
  uint32_t start(uint32_t rateMilliHz);
  void stop();
  /** Once in each loop. */
  void poll();

 private:
  void drain(uint32_t frames, uint64_t now);

  Imu* imu_;
  device::Clock* clock_;
  capture::Ring ring_;
  uint32_t rate_;      // mHz, 0 = off
  uint64_t started_;   // clock at the start
  uint64_t lastLook_;  // clock at the last look at the FIFO
  bool settled_;
  int16_t memory_[kRingFrames * static_cast<uint32_t>(Imu::kAxes)];
};

}  // namespace board
}  // namespace dormouse

#endif
