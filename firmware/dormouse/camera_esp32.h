/** The camera of the XIAO ESP32S3 Sense. */
#ifndef DORMOUSE_CAMERA_ESP32_H
#define DORMOUSE_CAMERA_ESP32_H

#include "board_camera.h"

namespace dormouse {
namespace board {

/** The camera, or nullptr if none answers (a XIAO ESP32S3 without the Sense board). */
Camera* findEspCamera(device::Clock* clock);

}  // namespace board
}  // namespace dormouse

#endif
