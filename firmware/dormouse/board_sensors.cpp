/** Numbers the sensors. */
#include "board_sensors.h"

#include "microphone.h"

namespace dormouse {
namespace board {

void BoardSensors::begin(Imu* imu, device::Clock* clock) {
  clock_ = clock;
  hasMotion_ = imu != nullptr;
  motion_.begin(imu, clock);
  sound_.begin(soundMemory_, kSoundFrames, 1);
}

const device::SensorInfo& BoardSensors::info(uint8_t sensor) const {
  return isMotion(sensor) ? motion_.info() : microphone::info();
}

uint32_t BoardSensors::start(uint8_t sensor, uint32_t rateMilliHz) {
  if (isMotion(sensor)) return motion_.start(rateMilliHz);
  return microphone::start(&sound_, clock_) ? microphone::info().ratesMilliHz[0] : 0;
}

void BoardSensors::stop(uint8_t sensor) {
  if (isMotion(sensor))
    motion_.stop();
  else
    microphone::stop();
}

void BoardSensors::poll() { motion_.poll(); }

}  // namespace board
}  // namespace dormouse
