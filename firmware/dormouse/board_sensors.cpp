/** Numbers the sensors, and says what was lost before it could be counted. */
#include "board_sensors.h"

#include "microphone.h"

namespace dormouse {
namespace board {

void BoardSensors::begin(Imu* imu, device::Clock* clock) {
  clock_ = clock;
  hasMotion_ = imu != nullptr;
  motion_.begin(imu, clock);
  sound_.begin(soundMemory_, kSoundFrames, 1);
  overruns_ = 0;
  missedBlocks_ = 0;
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

void BoardSensors::report(device::Device& device) {
  const uint32_t overruns = motion_.overruns();
  if (overruns > overruns_)
    device.log(2, "The motion sensor's own memory ran over: some of its values are missing.");
  overruns_ = overruns;
  const uint32_t missed = microphone::missedBlocks();
  if (missed > missedBlocks_) device.log(2, "Some of the microphone's sound is missing.");
  missedBlocks_ = missed;
}

}  // namespace board
}  // namespace dormouse
