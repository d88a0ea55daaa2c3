/** ST's LSM9DS1, as on the first Nano 33 BLE Sense. Its magnetometer is not used. */
#ifndef DORMOUSE_IMU_LSM9DS1_H
#define DORMOUSE_IMU_LSM9DS1_H

#include "imu.h"

#include "registers.h"

namespace dormouse {
namespace board {

class Lsm9ds1 : public Imu {
 public:
  enum : uint8_t { kI2cAddress = 0x6b };

  explicit Lsm9ds1(Registers& chip) : chip_(chip) {}

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
