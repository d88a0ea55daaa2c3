/**
 * Seeed XIAO ESP32S3 Sense: sound, a colour camera, and whatever motion chip is wired to its I2C pins (SDA 5,
 * SCL 6). Written by reading only: see esp32.h.
 */
#include "board.h"

#if defined(ARDUINO_XIAO_ESP32S3)

#include "board_button.h"
#include "board_clock.h"
#include "board_lamps.h"
#include "board_sensors.h"
#include "camera_esp32.h"
#include "esp32.h"
#include "find_imu.h"
#include "src/device/version.h"

#include <Arduino.h>
#include <Wire.h>

namespace dormouse {
namespace board {

static const char kBoardId[] = "xiao-esp32s3-sense";
static const char kMcu[] = "ESP32-S3";
static const uint32_t kModelRam = 128 * 1024;
static const uint8_t kBootButton = 0;

static Lamps lamps(Lamp{1, false}, Lamp{21, true});

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
  sensors.begin(findImu(), findEspCamera(&clock), &clock);
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
