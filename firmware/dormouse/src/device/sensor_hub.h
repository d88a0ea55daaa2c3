/**
 * Who uses which sensor, and at which rate: a sensor runs while anybody uses it, and all its users share one
 * rate.
 */
#ifndef DORMOUSE_DEVICE_SENSOR_HUB_H
#define DORMOUSE_DEVICE_SENSOR_HUB_H

#include <stdint.h>

#include "board.h"

namespace dormouse {
namespace device {

enum SensorUse : uint8_t { kForText = 1, kForStream = 2, kForRun = 4 };

class SensorHub {
 public:
  enum : uint8_t { kMaxSensors = 8 };
  enum class Taken : uint8_t { kYes, kOtherRate, kRefused };

  void begin(Sensors* sensors);

  uint8_t count() const { return count_; }
  const SensorInfo& info(uint8_t sensor) const { return sensors_->info(sensor); }
  /** Of a sensor that is no camera. */
  capture::Ring& ring(uint8_t sensor) { return sensors_->ring(sensor); }
  bool isCamera(uint8_t sensor) const { return info(sensor).kind == SensorKind::kCamera; }
  bool camera(uint8_t sensor, CameraInfo* info) { return sensors_->camera(sensor, info); }
  bool picture(uint8_t sensor, capture::Shot* shot) { return sensors_->picture(sensor, shot); }
  void releasePicture(uint8_t sensor) { sensors_->releasePicture(sensor); }
  /** The first sensor of a kind, or -1. */
  int first(SensorKind kind) const;

  /** Starts the sensor for this use, or joins those who use it at the same rate. */
  Taken take(uint8_t sensor, SensorUse use, uint32_t rateMilliHz);
  void leave(uint8_t sensor, SensorUse use);
  void leaveAll(SensorUse use);

  bool used(uint8_t sensor, SensorUse use) const { return (uses_[sensor] & use) != 0; }
  bool running(uint8_t sensor) const { return uses_[sensor] != 0; }
  /** The rate really set. */
  uint32_t rate(uint8_t sensor) const { return rate_[sensor]; }
  void poll() { sensors_->poll(); }

 private:
  Sensors* sensors_;
  uint8_t count_;
  uint8_t uses_[kMaxSensors];
  uint32_t asked_[kMaxSensors];
  uint32_t rate_[kMaxSensors];
};

}  // namespace device
}  // namespace dormouse

#endif
