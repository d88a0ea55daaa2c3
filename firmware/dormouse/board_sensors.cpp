/** Numbers the sensors. */
#include "board_sensors.h"

#include "microphone.h"

namespace dormouse {
namespace board {

void BoardSensors::begin(Imu* imu, Camera* camera, device::Clock* clock) {
  clock_ = clock;
  camera_ = camera;
  motionCount_ = imu ? 1 : 0;
  soundCount_ = microphone::find() ? 1 : 0;
  hearing_ = false;
  motion_.begin(imu, clock);
  sound_.begin(soundMemory_, kSoundFrames, 1);
}

const device::SensorInfo& BoardSensors::info(uint8_t sensor) const {
  if (isMotion(sensor)) return motion_.info();
  return isCamera(sensor) ? camera_->info() : microphone::info();
}

uint32_t BoardSensors::start(uint8_t sensor, uint32_t rateMilliHz) {
  if (isMotion(sensor)) return motion_.start(rateMilliHz);
  if (isCamera(sensor)) return camera_->start(rateMilliHz);
  hearing_ = microphone::start(&sound_, clock_);
  return hearing_ ? microphone::info().ratesMilliHz[0] : 0;
}

void BoardSensors::stop(uint8_t sensor) {
  if (isMotion(sensor)) return motion_.stop();
  if (isCamera(sensor)) return camera_->stop();
  hearing_ = false;
  microphone::stop();
}

void BoardSensors::poll() {
  motion_.poll();
  if (hearing_) microphone::poll();
}

bool BoardSensors::camera(uint8_t sensor, device::CameraInfo* info) {
  if (!isCamera(sensor)) return false;
  *info = camera_->shape();
  return true;
}

bool BoardSensors::picture(uint8_t sensor, capture::Shot* shot) {
  return isCamera(sensor) && camera_->take(shot);
}

void BoardSensors::releasePicture(uint8_t sensor) {
  if (isCamera(sensor)) camera_->release();
}

}  // namespace board
}  // namespace dormouse
