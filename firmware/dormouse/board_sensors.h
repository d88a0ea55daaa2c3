/**
 * The sensors of a board, as the core wants them: a motion chip, a microphone and a camera, numbered in this
 * order, each where the board has it.
 */
#ifndef DORMOUSE_BOARD_SENSORS_H
#define DORMOUSE_BOARD_SENSORS_H

#include "board.h"

#include "board_camera.h"
#include "motion_sensor.h"

namespace dormouse {
namespace board {

class BoardSensors : public device::Sensors {
 public:
  enum : uint32_t { kSoundFrames = 8192 };

  /** `imu` and `camera` may be nullptr; the microphone is there if microphone::find() finds one. */
  void begin(Imu* imu, Camera* camera, device::Clock* clock);

  uint8_t count() const override { return static_cast<uint8_t>(motionCount_ + soundCount_ + cameraCount()); }
  const device::SensorInfo& info(uint8_t sensor) const override;
  capture::Ring& ring(uint8_t sensor) override { return isMotion(sensor) ? motion_.ring() : sound_; }
  uint32_t start(uint8_t sensor, uint32_t rateMilliHz) override;
  void stop(uint8_t sensor) override;
  void poll() override;

  bool camera(uint8_t sensor, device::CameraInfo* info) override;
  bool picture(uint8_t sensor, capture::Shot* shot) override;
  void releasePicture(uint8_t sensor) override;

 private:
  bool isMotion(uint8_t sensor) const { return sensor < motionCount_; }
  bool isCamera(uint8_t sensor) const { return sensor >= motionCount_ + soundCount_; }
  uint8_t cameraCount() const { return camera_ ? 1 : 0; }

  device::Clock* clock_;
  Camera* camera_;
  uint8_t motionCount_;
  uint8_t soundCount_;
  bool hearing_;
  MotionSensor motion_;
  capture::Ring sound_;
  int16_t soundMemory_[kSoundFrames];
};

}  // namespace board
}  // namespace dormouse

#endif
