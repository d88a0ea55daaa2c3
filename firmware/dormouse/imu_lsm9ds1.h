/** ST's LSM9DS1, as on the first Nano 33 BLE Sense. Its magnetometer is not used. */
#ifndef DORMOUSE_IMU_LSM9DS1_H
#define DORMOUSE_IMU_LSM9DS1_H

#include "imu.h"

#include "i2c.h"

namespace dormouse {
namespace board {

class Lsm9ds1 : public Imu {
 public:
  explicit Lsm9ds1(TwoWire& wire) : chip_(wire, 0x6b) {}

  bool find();

  const device::SensorInfo& info() const override;
  bool start(uint32_t rateMilliHz) override;
  void stop() override;
  uint32_t waiting(bool* overran) override;
  bool read(int16_t* frames, uint32_t count) override;

 private:
  I2cChip chip_;
};

}  // namespace board
}  // namespace dormouse

#endif
