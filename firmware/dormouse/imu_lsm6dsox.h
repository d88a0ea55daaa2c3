/** ST's LSM6DSOX, as on the Nicla Vision. Its FIFO tags each value, unlike that of the LSM6DS3. */
#ifndef DORMOUSE_IMU_LSM6DSOX_H
#define DORMOUSE_IMU_LSM6DSOX_H

#include "imu.h"

#include "registers.h"

namespace dormouse {
namespace board {

class Lsm6dsox : public Imu {
 public:
  enum : uint8_t { kI2cAddress = 0x6a };

  explicit Lsm6dsox(Registers& chip) : chip_(chip) {}

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
