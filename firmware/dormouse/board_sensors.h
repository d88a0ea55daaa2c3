/**
 * The sensors of a board with a motion chip and a microphone, as the core wants them. Sensor 0 is the motion
 * chip, if one was found, and the microphone is the last.
 */
#ifndef DORMOUSE_BOARD_SENSORS_H
#define DORMOUSE_BOARD_SENSORS_H

#include "imu.h"

namespace dormouse {
namespace board {

class BoardSensors : public device::Sensors {
 public:
  enum : uint32_t { kMotionFrames = 256, kSoundFrames = 8192 };

  /** `imu` may be nullptr. */
  void begin(Imu* imu, device::Clock* clock);

  uint8_t count() const override { return imu_ ? 2 : 1; }
  const device::SensorInfo& info(uint8_t sensor) const override;
  capture::Ring& ring(uint8_t sensor) override { return isMotion(sensor) ? motion_ : sound_; }
  uint32_t start(uint8_t sensor, uint32_t rateMilliHz) override;
  void stop(uint8_t sensor) override;
  void poll() override;

  /** Tells the host of sensor values that were lost before they could be counted in a ring. */
  void report(device::Device& device);

 private:
  bool isMotion(uint8_t sensor) const { return imu_ != nullptr && sensor == 0; }
  void drain(uint32_t frames, uint64_t now);

  Imu* imu_;
  device::Clock* clock_;
  capture::Ring motion_;
  capture::Ring sound_;
  uint32_t motionRate_;   // mHz, 0 = off
  uint64_t motionStart_;  // clock at the start
  uint64_t lastLook_;     // clock at the last look at the FIFO
  bool settled_;
  uint32_t overruns_;
  int16_t motionMemory_[kMotionFrames * Imu::kAxes];
  int16_t soundMemory_[kSoundFrames];
};

}  // namespace board
}  // namespace dormouse

#endif
