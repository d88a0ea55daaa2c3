/** A camera of an Arduino Pro board, through the core's Camera library. */
#ifndef DORMOUSE_CAMERA_MBED_H
#define DORMOUSE_CAMERA_MBED_H

#include "board_camera.h"

namespace dormouse {
namespace board {

/** The board's camera, or nullptr if none answers (a Portenta without its shield). `clock` says when pictures
 * were taken. */
Camera* findMbedCamera(device::Clock* clock);

}  // namespace board
}  // namespace dormouse

#endif
