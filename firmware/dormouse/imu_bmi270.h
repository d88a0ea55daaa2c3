/** Bosch's BMI270, as on the Nano 33 BLE Sense Rev2. The BMM150 magnetometer beside it is not used. */
#ifndef DORMOUSE_IMU_BMI270_H
#define DORMOUSE_IMU_BMI270_H

#include "imu.h"

namespace dormouse {
namespace board {

/** The chip at the board's inner I2C bus, or nullptr if there is none. Takes a second: the chip needs 8 KB of
 * its maker's configuration after each power-up. */
Imu* findBmi270();

}  // namespace board
}  // namespace dormouse

#endif
