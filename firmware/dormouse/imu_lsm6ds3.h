/** ST's LSM6DS3 and LSM6DS3TR-C, as on the XIAO nRF52840 Sense. */
#ifndef DORMOUSE_IMU_LSM6DS3_H
#define DORMOUSE_IMU_LSM6DS3_H

#include "imu.h"

#include "registers.h"

namespace dormouse {
namespace board {

class Lsm6ds3 : public Imu {
 public:
  enum : uint8_t { kI2cAddress = 0x6a };

  explicit Lsm6ds3(Registers& chip) : chip_(chip) {}

  /** Whether the chip is there; its power must be on. */
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
