/** SLOT_LIST to SLOT_ERASE: the requests that change which model the board has. */
#include "device.h"

namespace dormouse {
namespace device {

void Device::writeSlots(wire::CborWriter& writer) {
  writer.text("slots");
  writer.array(0);
  writer.text("active");
  writer.integer(-1);
}

}  // namespace device
}  // namespace dormouse
