/** Makes one device of the board's parts and runs it. */
#include "sketch.h"

#include "board.h"
#include "src/device/device.h"

namespace dormouse {

static device::Device theDevice;

void begin() { theDevice.begin(board::begin()); }

void loop() {
  theDevice.loop();
  board::tend(theDevice);
}

}  // namespace dormouse
