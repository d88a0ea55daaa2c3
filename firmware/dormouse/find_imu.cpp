/** Asks each chip at its two addresses who it is. */
#include "board.h"

#if defined(ARDUINO_RASPBERRY_PI_PICO) || defined(ARDUINO_ARCH_ESP32)

#include "find_imu.h"

#include "i2c.h"
#include "imu_lsm6ds3.h"
#include "imu_lsm6dsox.h"
#include "imu_mpu6050.h"

namespace dormouse {
namespace board {

template <typename Chip>
static Imu* findAt(TwoWire& wire) {
  static I2cChip low(wire, Chip::kI2cAddress);
  static Chip first(low);
  if (first.find()) return &first;
  static I2cChip high(wire, Chip::kI2cAddress + 1);
  static Chip second(high);
  return second.find() ? &second : nullptr;
}

Imu* findImuOn(TwoWire& wire) {
  Imu* found = findAt<Lsm6ds3>(wire);
  if (!found) found = findAt<Lsm6dsox>(wire);
  if (!found) found = findAt<Mpu6050>(wire);
  return found;
}

}  // namespace board
}  // namespace dormouse

#endif
