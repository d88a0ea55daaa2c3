/** Starts the chip, lets it settle, and drains its FIFO. */
#include "motion_sensor.h"

namespace dormouse {
namespace board {

void MotionSensor::begin(Imu* imu, device::Clock* clock) {
  imu_ = imu;
  clock_ = clock;
  rate_ = 0;
  ring_.begin(memory_, kRingFrames, Imu::kAxes);
}

uint32_t MotionSensor::start(uint32_t rateMilliHz) {
  const uint32_t rate = nearestRate(imu_->info(), rateMilliHz);
  if (!imu_->start(rate)) return 0;
  rate_ = rate;
  started_ = lastLook_ = clock_->micros();
  settled_ = false;
  return rate;
}

void MotionSensor::stop() {
  imu_->stop();
  rate_ = 0;
}

void MotionSensor::poll() {
  if (rate_ == 0) return;
  const uint64_t now = clock_->micros();
  const uint64_t since = now - lastLook_;
  if (since < kLookEveryMicros) return;
  lastLook_ = now;
  if (!settled_) {
    if (now - started_ < kSettlingMicros) return;
    settled_ = true;
    imu_->start(rate_);  // empties the FIFO
    return;
  }
  bool overran;
  const uint32_t frames = imu_->waiting(&overran);
  if (!overran) return drain(frames, now);
  // What a FIFO holds after it ran over may be out of step, so all that came since the last look goes,
  // counted by the clock.
  const uint64_t lost = (since * rate_ + 500000000u) / 1000000000u;
  ring_.lose(static_cast<uint32_t>(lost), now);
  imu_->start(rate_);
}

void MotionSensor::drain(uint32_t frames, uint64_t now) {
  int16_t values[Imu::kMostFrames * Imu::kAxes];
  while (frames > 0) {
    const uint32_t piece = frames < Imu::kMostFrames ? frames : static_cast<uint32_t>(Imu::kMostFrames);
    if (!imu_->read(values, piece)) return;
    frames -= piece;
    // The newest frame in the FIFO is the one of now, and the ring keeps the time of the last push.
    ring_.push(values, piece, now);
  }
}

}  // namespace board
}  // namespace dormouse
