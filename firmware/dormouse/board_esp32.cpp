/**
 * ESP32 development board ("ESP32 Dev Module"). It has no sensor of its own: a motion chip is looked for on
 * I2C (SDA 21, SCL 22). The line is a UART behind a USB bridge. Written by reading only: see esp32.h.
 */
#include "board.h"

#if defined(ARDUINO_ESP32_DEV)

#include "board_button.h"
#include "board_clock.h"
#include "board_lamps.h"
#include "board_sensors.h"
#include "esp32.h"
#include "find_imu.h"
#include "src/device/version.h"

#include <Arduino.h>
#include <Wire.h>

namespace dormouse {
namespace board {

static const char kBoardId[] = "esp32";
static const char kMcu[] = "ESP32";
static const uint32_t kModelRam = 64 * 1024;
static const uint8_t kBootButton = 0;

static Lamps lamps(Lamp{4, false}, Lamp{2, false});

class EspSystem : public device::System {
 public:
  void restart(bool intoBootloader) override { esp32::restart(intoBootloader); }
  void recognised(int16_t label) override { lamps.recognised(label >= 0); }
};

static bool bootButton() { return digitalRead(kBootButton) == LOW; }

static LongClock clock(esp32::micros);
static EspSystem systemControl;
static BoardSensors sensors;
static Button button(bootButton);
alignas(16) static uint8_t memory[device::Device::kWireMemory + kModelRam];

static Imu* findImu() {
  Wire.begin();
  Wire.setClock(400000);
  return findImuOn(Wire);
}

const device::Parts& begin() {
  static device::Parts parts;
  lamps.begin();
  pinMode(kBootButton, INPUT_PULLUP);
  parts.serial = esp32::line();
  parts.flash = esp32::flash();
  sensors.begin(findImu(), nullptr, &clock);
  const device::Identity identity = {kBoardId, kMcu, device::kFirmwareVersion, esp32::chipId(), "BOOT"};
  parts.identity = identity;
  parts.clock = &clock;
  parts.sensors = &sensors;
  parts.system = &systemControl;
  parts.memory = memory;
  parts.memoryBytes = sizeof memory;
  return parts;
}

void tend(device::Device& device) {
  const uint64_t now = clock.micros();
  lamps.working(device.spoken(), now);
  button.tend(device, now);
}

}  // namespace board
}  // namespace dormouse

#endif
