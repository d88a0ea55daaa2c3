/**
 * Arduino Nicla Vision, with the core "Arduino Mbed OS Nicla Boards": motion (LSM6DSOX on SPI), sound, and a
 * colour camera. Flash: the sketch begins at 0x08040000; the model slots are the last 512 KB of the second
 * bank, where a sketch for the M4 core would lie, if there were one.
 */
#include "board.h"

#if defined(ARDUINO_NICLA_VISION)

#include "board_button.h"
#include "board_clock.h"
#include "board_lamps.h"
#include "board_sensors.h"
#include "camera_mbed.h"
#include "imu_lsm6dsox.h"
#include "mbed_board.h"
#include "src/device/version.h"
#include "spi_chip.h"
#include "stm32h7.h"

#include <Arduino.h>

namespace dormouse {
namespace board {

static const char kBoardId[] = "nicla-vision";
static const char kMcu[] = "STM32H747 (M7 core)";
static const uint32_t kSlotBytes = 256 * 1024;
static const uint32_t kFlashEnd = 0x8200000;
static const uint32_t kSlotsStart = kFlashEnd - 2 * kSlotBytes;
static const uint32_t kModelRam = 160 * 1024;

static Lamps lamps(Lamp{LEDG, true}, Lamp{LEDB, true});

class NiclaSystem : public device::System {
 public:
  void restart(bool intoBootloader) override { mbedRestart(intoBootloader); }
  void recognised(int16_t label) override { lamps.recognised(label >= 0); }
};

static WideClock clock(mbedMicros);
static MbedUsbLine line;
static MbedFlash flash(kSlotsStart, kSlotBytes, kEraseUnit, kWriteUnit);
static NiclaSystem systemControl;
static BoardSensors sensors;
/** To be wired by the maker, to ground: the board has no button of its own but reset. */
static const uint8_t kButtonPin = D0;
static const char kButtonName[] = "a button between D0 and GND";
static bool wiredButton() { return digitalRead(kButtonPin) == LOW; }
static Button button(wiredButton);
alignas(16) static uint8_t memory[device::Device::kWireMemory + kModelRam];

static Imu* findImu() {
  static SpiChip bus(SPI1, PIN_SPI_SS1);
  static Lsm6dsox chip(bus);
  bus.begin();
  return chip.find() ? &chip : nullptr;
}

const device::Parts& begin() {
  static device::Parts parts;
  lamps.begin();
  pinMode(kButtonPin, INPUT_PULLUP);
  flash.begin();
  sensors.begin(findImu(), findMbedCamera(&clock), &clock);
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
