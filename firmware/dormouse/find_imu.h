/** Finds a motion chip that somebody has wired to a board's I2C bus. */
#ifndef DORMOUSE_FIND_IMU_H
#define DORMOUSE_FIND_IMU_H

#include "imu.h"

#include <Wire.h>

namespace dormouse {
namespace board {

/** An MPU-6050, LSM6DS3 or LSM6DSOX at either of its addresses, or nullptr. The bus must have been begun. */
Imu* findImuOn(TwoWire& wire);

}  // namespace board
}  // namespace dormouse

#endif
