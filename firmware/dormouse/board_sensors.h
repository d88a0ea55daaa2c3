/**
 * The sensors of a board with a motion chip and a microphone, as the core wants them. Sensor 0 is the motion
 * chip, if one was found, and the microphone is the last.
 */
#ifndef DORMOUSE_BOARD_SENSORS_H
#define DORMOUSE_BOARD_SENSORS_H

#include "board.h"

#include "motion_sensor.h"

namespace dormouse {
namespace board {

class BoardSensors : public device::Sensors {
 public:
  enum : uint32_t { kSoundFrames = 8192 };

  /** `imu` may be nullptr. */
  void begin(Imu* imu, device::Clock* clock);

  uint8_t count() const override { return hasMotion_ ? 2 : 1; }
  const device::SensorInfo& info(uint8_t sensor) const override;
  capture::Ring& ring(uint8_t sensor) override { return isMotion(sensor) ? motion_.ring() : sound_; }
  uint32_t start(uint8_t sensor, uint32_t rateMilliHz) override;
  void stop(uint8_t sensor) override;
  void poll() override;

 private:
  bool isMotion(uint8_t sensor) const { return hasMotion_ && sensor == 0; }

  device::Clock* clock_;
  bool hasMotion_;
  MotionSensor motion_;
  capture::Ring sound_;
  int16_t soundMemory_[kSoundFrames];
};

}  // namespace board
}  // namespace dormouse

#endif
