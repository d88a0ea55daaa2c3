/** InvenSense's MPU-6050 (and the MPU-6500), as on the usual breakout boards for a Pico or an ESP32. */
#ifndef DORMOUSE_IMU_MPU6050_H
#define DORMOUSE_IMU_MPU6050_H

#include "imu.h"

#include "registers.h"

namespace dormouse {
namespace board {

class Mpu6050 : public Imu {
 public:
  enum : uint8_t { kI2cAddress = 0x68 };

  explicit Mpu6050(Registers& chip) : chip_(chip) {}

  /** Whether the chip is there; wakes it from the sleep that it starts in. */
  bool find();

  const device::SensorInfo& info() const override;
  bool start(uint32_t rateMilliHz) override;
  void stop() override;
  uint32_t waiting(bool* overran) override;
  bool read(int16_t* frames, uint32_t count) override;

 private:
  Registers& chip_;
};

}  // namespace board
}  // namespace dormouse

#endif
