/**
 * What each board file (board_*.cpp) gives to the sketch. Exactly one of them is compiled to anything.
 *
 * Include it before Arduino.h: there `Serial` may be a macro, and the core has a class of that name.
 */
#ifndef DORMOUSE_BOARD_H
#define DORMOUSE_BOARD_H

#if defined(Arduino_h) || defined(ARDUINO_H)
#error "Include board.h before Arduino.h"
#endif

#if !defined(ARDUINO_ARDUINO_NANO33BLE) && !defined(ARDUINO_Seeed_XIAO_nRF52840_Sense) && \
    !defined(ARDUINO_RASPBERRY_PI_PICO) && !defined(ARDUINO_PORTENTA_H7_M7) &&            \
    !defined(ARDUINO_NICLA_VISION) && !defined(ARDUINO_XIAO_ESP32S3) && !defined(ARDUINO_ESP32_DEV)
#error "Dormouse has no file for this board yet: choose one that firmware/README.md names"
#endif

#include "src/device/board.h"
#include "src/device/device.h"

namespace dormouse {
namespace board {

/** The core's line under a name that no Arduino macro changes. */
typedef device::Serial Line;

/** Sets up everything on the board, once, and says what the device is to be made of. */
const device::Parts& begin();

/** After each loop of the device: the lamp that shows it working, and the rest of what the line takes. */
void tend(device::Device& device);

}  // namespace board
}  // namespace dormouse

#endif
