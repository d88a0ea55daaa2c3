/** The firmware's version, as HELLO tells it. */
#ifndef DORMOUSE_DEVICE_VERSION_H
#define DORMOUSE_DEVICE_VERSION_H

namespace dormouse {
namespace device {

static const char* const kFirmwareVersion = "0.1.0";

}  // namespace device
}  // namespace dormouse

#endif
