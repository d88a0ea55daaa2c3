/** Makes one device of the board's parts and runs it. */
#include "sketch.h"

#include "board.h"
#include "src/device/device.h"

namespace dormouse {

static device::Device theDevice;

/** When this was compiled: firmware made anew is another, even where all its code lies in the same place. */
static uint32_t build() {
  uint32_t hash = 2166136261u;
  for (const char* at = __DATE__ " " __TIME__; *at; at++)
    hash = (hash ^ static_cast<uint32_t>(*at)) * 16777619u;
  return hash | 1;
}

void begin() {
  device::Parts parts = board::begin();
  parts.build = build();
  theDevice.begin(parts);
}

void loop() {
  theDevice.loop();
  board::tend(theDevice);
}

}  // namespace dormouse
