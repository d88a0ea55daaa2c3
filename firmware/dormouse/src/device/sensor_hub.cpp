/** Starts and stops the board's sensors for their users. */
#include "sensor_hub.h"

namespace dormouse {
namespace device {

void SensorHub::begin(Sensors* sensors) {
  sensors_ = sensors;
  count_ = sensors->count() < kMaxSensors ? sensors->count() : static_cast<uint8_t>(kMaxSensors);
  for (uint8_t i = 0; i < kMaxSensors; i++) {
    uses_[i] = 0;
    asked_[i] = 0;
    rate_[i] = 0;
  }
}

int SensorHub::first(SensorKind kind) const {
  for (uint8_t i = 0; i < count_; i++) {
    if (sensors_->info(i).kind == kind) return i;
  }
  return -1;
}

SensorHub::Taken SensorHub::take(uint8_t sensor, SensorUse use, uint32_t rateMilliHz) {
  if (uses_[sensor] != 0) {
    if (rateMilliHz != asked_[sensor] && rateMilliHz != rate_[sensor]) return Taken::kOtherRate;
    uses_[sensor] = uses_[sensor] | use;
    return Taken::kYes;
  }
  if (!isCamera(sensor)) sensors_->ring(sensor).clear();
  const uint32_t rate = sensors_->start(sensor, rateMilliHz);
  if (rate == 0) return Taken::kRefused;
  asked_[sensor] = rateMilliHz;
  rate_[sensor] = rate;
  uses_[sensor] = use;
  return Taken::kYes;
}

void SensorHub::leave(uint8_t sensor, SensorUse use) {
  if (!used(sensor, use)) return;
  uses_[sensor] = static_cast<uint8_t>(uses_[sensor] & ~use);
  if (uses_[sensor] == 0) sensors_->stop(sensor);
}

void SensorHub::leaveAll(SensorUse use) {
  for (uint8_t i = 0; i < count_; i++) leave(i, use);
}

}  // namespace device
}  // namespace dormouse
