/**
 * The chip is woken by the library Arduino_BMI270_BMM150, which carries Bosch's own driver and configuration;
 * then its FIFO (2 KB, 170 frames) is used directly, headerless: per frame rotation x y z and then
 * acceleration x y z. Set to
 * +-4 g and +-2000 deg/s, which here are the full scales. Axes are turned as that library turns them, so that
 * both revisions of the Nano 33 BLE Sense give the same numbers for the same movement.
 */
#include "imu_bmi270.h"

#if defined(ARDUINO_ARDUINO_NANO33BLE)

#include <string.h>

#include <Arduino_BMI270_BMM150.h>

namespace dormouse {
namespace board {

static const float kAccelerationScale = 9.80665f * 4 / 32768;
static const float kRotationScale = 2000.0f / 32768;
static const device::Axis kAxisList[] = {
    {"accX", "m/s2", kAccelerationScale}, {"accY", "m/s2", kAccelerationScale},
    {"accZ", "m/s2", kAccelerationScale}, {"gyrX", "deg/s", kRotationScale},
    {"gyrY", "deg/s", kRotationScale},    {"gyrZ", "deg/s", kRotationScale}};
static const uint32_t kRates[] = {100000, 25000, 50000, 200000, 400000, 800000};
static const uint8_t kRateCodes[] = {BMI2_ACC_ODR_100HZ, BMI2_ACC_ODR_25HZ,  BMI2_ACC_ODR_50HZ,
                                     BMI2_ACC_ODR_200HZ, BMI2_ACC_ODR_400HZ, BMI2_ACC_ODR_800HZ};
static const device::SensorInfo kInfo = {"imu", device::SensorKind::kMotion, Imu::kAxes, 6, kAxisList,
                                         kRates};

static const uint32_t kFrameBytes = 12;
// A full FIFO throws its oldest frames away, and nothing but its length tells.
static const uint32_t kFullFrames = 168;

class Bmi270 : public Imu, private BoschSensorClass {
 public:
  Bmi270() : BoschSensorClass(Wire1), chip_(nullptr) {}

  bool find() { return BoschSensorClass::begin(BOSCH_ACCELEROMETER_ONLY) != 0 && chip_ != nullptr; }

  const device::SensorInfo& info() const override { return kInfo; }
  bool start(uint32_t rateMilliHz) override;
  void stop() override;
  uint32_t waiting(bool* overran) override;
  bool read(int16_t* frames, uint32_t count) override;

 private:
  using BoschSensorClass::configure_sensor;
  /** The library's hook for "finer configuration": keeps its driver, and leaves the chip still until start().
   */
  int8_t configure_sensor(struct bmi2_dev* chip) override {
    chip_ = chip;
    return BMI2_OK;
  }

  struct bmi2_dev* chip_;
};

bool Bmi270::start(uint32_t rateMilliHz) {
  const uint8_t code = kRateCodes[rateIndex(kInfo, rateMilliHz)];  // the same for both sensors
  uint8_t both[2] = {BMI2_ACCEL, BMI2_GYRO};
  struct bmi2_sens_config settings[2];
  memset(settings, 0, sizeof settings);
  settings[0].type = BMI2_ACCEL;
  settings[0].cfg.acc.odr = code;
  settings[0].cfg.acc.range = BMI2_ACC_RANGE_4G;
  settings[0].cfg.acc.bwp = BMI2_ACC_NORMAL_AVG4;
  settings[0].cfg.acc.filter_perf = BMI2_PERF_OPT_MODE;
  settings[1].type = BMI2_GYRO;
  settings[1].cfg.gyr.odr = code;
  settings[1].cfg.gyr.range = BMI2_GYR_RANGE_2000;
  settings[1].cfg.gyr.ois_range = BMI2_GYR_OIS_2000;
  settings[1].cfg.gyr.bwp = BMI2_GYR_NORMAL_MODE;
  settings[1].cfg.gyr.filter_perf = BMI2_PERF_OPT_MODE;
  settings[1].cfg.gyr.noise_perf = BMI2_PERF_OPT_MODE;
  // No headers, no time stamps; when full, the newest frames stay.
  const uint16_t off = BMI2_FIFO_ALL_EN | BMI2_FIFO_HEADER_EN | BMI2_FIFO_TIME_EN | BMI2_FIFO_STOP_ON_FULL;
  return bmi2_set_adv_power_save(BMI2_DISABLE, chip_) == BMI2_OK &&
         bmi2_set_sensor_config(settings, 2, chip_) == BMI2_OK &&
         bmi2_sensor_enable(both, 2, chip_) == BMI2_OK &&
         bmi2_set_fifo_config(off, BMI2_DISABLE, chip_) == BMI2_OK &&
         bmi2_set_fifo_config(BMI2_FIFO_ACC_EN | BMI2_FIFO_GYR_EN, BMI2_ENABLE, chip_) == BMI2_OK &&
         bmi2_set_command_register(BMI2_FIFO_FLUSH_CMD, chip_) == BMI2_OK;
}

void Bmi270::stop() {
  uint8_t both[2] = {BMI2_ACCEL, BMI2_GYRO};
  bmi2_set_fifo_config(BMI2_FIFO_ALL_EN, BMI2_DISABLE, chip_);
  bmi2_sensor_disable(both, 2, chip_);
}

uint32_t Bmi270::waiting(bool* overran) {
  uint16_t bytes = 0;
  *overran = false;
  if (bmi2_get_fifo_length(&bytes, chip_) != BMI2_OK) return 0;
  *overran = bytes / kFrameBytes >= kFullFrames;
  return bytes / kFrameBytes;
}

static int16_t turned(int16_t value) {
  return value == INT16_MIN ? static_cast<int16_t>(INT16_MAX) : static_cast<int16_t>(-value);
}

bool Bmi270::read(int16_t* frames, uint32_t count) {
  uint8_t bytes[kMostFrames * kFrameBytes];
  if (bmi2_get_regs(BMI2_FIFO_DATA_ADDR, bytes, static_cast<uint16_t>(count * kFrameBytes), chip_) != BMI2_OK)
    return false;
  for (uint32_t i = 0; i < count * 2; i++) {
    const uint8_t* source = bytes + i * 6;
    int16_t* target = frames + (i ^ 1) * 3;  // rotation comes first, and goes second
    target[0] = turned(static_cast<int16_t>(source[2] | source[3] << 8));
    target[1] = turned(static_cast<int16_t>(source[0] | source[1] << 8));
    target[2] = static_cast<int16_t>(source[4] | source[5] << 8);
  }
  return true;
}

Imu* findBmi270() {
  static Bmi270 chip;
  return chip.find() ? &chip : nullptr;
}

}  // namespace board
}  // namespace dormouse

#endif
