/** Starts the sensors and moves the motion chip's FIFO into its ring. */
#include "board_sensors.h"

#include "microphone.h"

namespace dormouse {
namespace board {

// Each look at the FIFO costs about 0.2 ms of I2C; the smallest FIFO at its fastest rate lasts 67 ms.
static const uint32_t kLookEvery = 4000;
// Data sheets give 35 to 80 ms from switching a gyroscope on to values one can believe.
static const uint32_t kSettling = 100000;

void BoardSensors::begin(Imu* imu, device::Clock* clock) {
  imu_ = imu;
  clock_ = clock;
  motionRate_ = 0;
  overruns_ = 0;
  motion_.begin(motionMemory_, kMotionFrames, Imu::kAxes);
  sound_.begin(soundMemory_, kSoundFrames, 1);
}

const device::SensorInfo& BoardSensors::info(uint8_t sensor) const {
  return isMotion(sensor) ? imu_->info() : microphone::info();
}

uint32_t BoardSensors::start(uint8_t sensor, uint32_t rateMilliHz) {
  if (!isMotion(sensor)) return microphone::start(&sound_, clock_) ? microphone::info().ratesMilliHz[0] : 0;
  const uint32_t rate = nearestRate(imu_->info(), rateMilliHz);
  if (!imu_->start(rate)) return 0;
  motionRate_ = rate;
  motionStart_ = lastLook_ = clock_->micros();
  settled_ = false;
  return rate;
}

void BoardSensors::stop(uint8_t sensor) {
  if (!isMotion(sensor)) return microphone::stop();
  imu_->stop();
  motionRate_ = 0;
}

void BoardSensors::poll() {
  if (motionRate_ == 0) return;
  const uint64_t now = clock_->micros();
  if (now - lastLook_ < kLookEvery) return;
  lastLook_ = now;
  if (!settled_) {
    if (now - motionStart_ < kSettling) return;
    settled_ = true;
    imu_->start(motionRate_);  // begins with an empty FIFO
    return;
  }
  bool overran;
  const uint32_t frames = imu_->waiting(&overran);
  if (!overran) return drain(frames, now);
  // What a FIFO holds after it ran over may be out of step, so all of it goes.
  overruns_++;
  imu_->start(motionRate_);
}

void BoardSensors::drain(uint32_t frames, uint64_t now) {
  int16_t values[Imu::kMostFrames * Imu::kAxes];
  while (frames > 0) {
    const uint32_t piece = frames < Imu::kMostFrames ? frames : static_cast<uint32_t>(Imu::kMostFrames);
    if (!imu_->read(values, piece)) return;
    frames -= piece;
    // The newest frame in the FIFO is the one of now; those before it were a period apart.
    const uint64_t back = frames * static_cast<uint64_t>(1000000000u) / motionRate_;
    motion_.push(values, piece, now - back);
  }
}

void BoardSensors::report(device::Device& device) {
  const uint32_t overruns = overruns_;
  overruns_ = 0;
  if (overruns > 0) device.log(2, "The motion sensor's own memory ran over: some of its values are missing.");
  if (microphone::missedBlocks() > 0) device.log(2, "Some of the microphone's sound is missing.");
}

}  // namespace board
}  // namespace dormouse
