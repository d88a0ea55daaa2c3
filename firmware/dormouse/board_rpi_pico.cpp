/**
 * Raspberry Pi Pico. It has no sensor of its own: a motion chip is looked for on I2C (SDA GP4, SCL GP5), and
 * an analog microphone is listened to on GP26 (A0). What differs between its two cores: pico_core.h.
 */
#include "board.h"

#if defined(ARDUINO_RASPBERRY_PI_PICO)

#include "board_button.h"
#include "board_clock.h"
#include "board_lamps.h"
#include "board_sensors.h"
#include "find_imu.h"
#include "pico_core.h"
#include "src/device/version.h"

#include <Arduino.h>
#include <Wire.h>
#include <hardware/timer.h>

namespace dormouse {
namespace board {

static const char kBoardId[] = "rpi-pico";
static const char kMcu[] = "RP2040";
// Of 264 KB: mbed keeps 43 KB and takes 32 KB of the heap for the stack of loop().
static const uint32_t kModelRam = 112 * 1024;
static const uint8_t kRecognisedPin = 15;

static Lamps lamps(Lamp{kRecognisedPin, false}, Lamp{LED_BUILTIN, false});

class PicoSystem : public device::System {
 public:
  void restart(bool intoBootloader) override { pico::restart(intoBootloader); }
  void recognised(int16_t label) override { lamps.recognised(label >= 0); }
};

static LongClock clock(time_us_64);
static PicoSystem systemControl;
static BoardSensors sensors;
static Button button(pico::button);
alignas(16) static uint8_t memory[device::Device::kWireMemory + kModelRam];

static Imu* findImu() {
  Wire.begin();
  Wire.setClock(400000);
  return findImuOn(Wire);
}

const device::Parts& begin() {
  static device::Parts parts;
  lamps.begin();
  pinMode(pico::kButtonPin, INPUT_PULLUP);
  parts.serial = pico::line();
  parts.flash = pico::flash();
  sensors.begin(findImu(), nullptr, &clock);
  const device::Identity identity = {kBoardId, kMcu, device::kFirmwareVersion, pico::chipId(),
                                     pico::kButtonName};
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
  pico::tend();
}

}  // namespace board
}  // namespace dormouse

#endif
