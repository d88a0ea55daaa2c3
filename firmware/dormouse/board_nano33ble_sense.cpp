/**
 * Arduino Nano 33 BLE Sense, both revisions, with the core "Arduino Mbed OS Nano Boards". Which motion chip
 * it has is found at start. Flash: the sketch begins at 0x10000; the model slots are the last 512 KB of the
 * chip.
 */
#include "board.h"

#if defined(ARDUINO_ARDUINO_NANO33BLE)

#include "board_button.h"
#include "board_clock.h"
#include "board_lamps.h"
#include "board_sensors.h"
#include "imu_bmi270.h"
#include "imu_lsm9ds1.h"
#include "mbed_board.h"
#include "nrf52840.h"
#include "src/device/version.h"
#include "i2c.h"

#include <Arduino.h>

namespace dormouse {
namespace board {

static const char kBoardId[] = "nano33ble-sense";
static const char kMcu[] = "nRF52840";
static const uint32_t kSlotBytes = 256 * 1024;
static const uint32_t kFlashEnd = 0x100000;
static const uint32_t kSlotsStart = kFlashEnd - 2 * kSlotBytes;
// Of 256 KB: what the core needs is in firmware/README.md. This is for the model, its window and its
// features.
static const uint32_t kModelRam = 128 * 1024;

static Lamps lamps(Lamp{LEDG, true}, Lamp{LED_BUILTIN, false});

class NanoSystem : public device::System {
 public:
  void restart(bool intoBootloader) override { mbedRestart(intoBootloader); }

  void recognised(int16_t label) override { lamps.recognised(label >= 0); }
};

static WideClock clock(mbedMicros);
static MbedUsbLine line;
static MbedFlash flash(kSlotsStart, kSlotBytes, kEraseUnit, kWriteUnit);
static NanoSystem systemControl;
static BoardSensors sensors;
/** To be wired by the maker, to ground: the board has no button of its own but reset. */
static const uint8_t kButtonPin = D2;
static const char kButtonName[] = "a button between D2 and GND";
static bool wiredButton() { return digitalRead(kButtonPin) == LOW; }
static Button button(wiredButton);
alignas(16) static uint8_t memory[device::Device::kWireMemory + kModelRam];

static Imu* findImu() {
  static I2cChip bus(Wire1, Lsm9ds1::kI2cAddress);
  static Lsm9ds1 first(bus);
  Wire1.begin();
  Imu* found = first.find() ? &first : findBmi270();
  Wire1.setClock(400000);
  return found;
}

const device::Parts& begin() {
  static device::Parts parts;
  lamps.begin();
  pinMode(kButtonPin, INPUT_PULLUP);
  flash.begin();
  sensors.begin(findImu(), nullptr, &clock);
  const device::Identity identity = {kBoardId, kMcu, device::kFirmwareVersion, chipId(), kButtonName};
  parts.identity = identity;
  parts.serial = &line;
  parts.clock = &clock;
  parts.sensors = &sensors;
  parts.system = &systemControl;
  parts.flash = &flash;
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
