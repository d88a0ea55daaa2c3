/**
 * Arduino Nano 33 BLE Sense, both revisions, with the core "Arduino Mbed OS Nano Boards". Which motion chip
 * it has is found at start. Flash: the sketch begins at 0x10000; the model slots are the last 512 KB of the
 * chip.
 */
#include "board.h"

#if defined(ARDUINO_ARDUINO_NANO33BLE)

#include "board_clock.h"
#include "board_lamps.h"
#include "board_sensors.h"
#include "imu_bmi270.h"
#include "imu_lsm9ds1.h"
#include "nrf52840.h"
#include "src/device/version.h"
#include "i2c.h"

#include <Arduino.h>
#include <FlashIAP.h>
#include <USB/PluggableUSBSerial.h>

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

/** USB. The core's own write() waits for the host; its endpoint underneath does not. */
class UsbLine : public Line {
 public:
  uint32_t read(uint8_t* bytes, uint32_t capacity) override {
    uint32_t count = 0;
    while (count < capacity && _SerialUSB.available() > 0)
      bytes[count++] = static_cast<uint8_t>(_SerialUSB.read());
    return count;
  }

  uint32_t write(const uint8_t* bytes, uint32_t count) override {
    // Never a full packet of 64: the core sends no empty one after it, and the host would wait for more.
    const uint32_t kMost = 63;
    uint32_t taken = 0;
    // Takes nothing while a packet is on its way or nobody has the port open (DTR).
    _SerialUSB.send_nb(const_cast<uint8_t*>(bytes), count < kMost ? count : kMost, &taken, true);
    return taken;
  }

  bool canSetBaud(uint32_t) override { return false; }
  void setBaud(uint32_t) override {}
};

/** The nRF52840's flash behind the sketch. */
class ModelFlash : public slot::Flash {
 public:
  void begin() {
    const uint32_t sketchEnd = (FLASHIAP_APP_ROM_END_ADDR + kFlashPage - 1) / kFlashPage * kFlashPage;
    usable_ = sketchEnd <= kSlotsStart && driver_.init() == 0;
  }

  uint32_t eraseUnit() const override { return kFlashPage; }
  uint32_t writeUnit() const override { return kFlashWord; }
  uint32_t slotBytes() const override { return usable_ ? kSlotBytes : 0; }
  const uint8_t* memory() const override { return reinterpret_cast<const uint8_t*>(kSlotsStart); }

  bool erase(uint32_t offset) override {
    return driver_.erase(kSlotsStart + offset, kFlashPage) == 0 &&
           flashIsErased(kSlotsStart + offset, kFlashPage);
  }

  bool program(uint32_t offset, const uint8_t* bytes, uint32_t count) override {
    return driver_.program(bytes, kSlotsStart + offset, count) == 0 &&
           flashIs(kSlotsStart + offset, bytes, count);
  }

 private:
  mbed::FlashIAP driver_;
  bool usable_;
};

static Lamps lamps(Lamp{LEDG, true}, Lamp{LED_BUILTIN, false});

class NanoSystem : public device::System {
 public:
  void restart(bool intoBootloader) override {
    delay(100);  // the answer's last packets
    if (intoBootloader) _ontouch1200bps_();
    NVIC_SystemReset();
  }

  void recognised(int16_t label) override { lamps.recognised(label >= 0); }
};

static uint32_t counter() { return static_cast<uint32_t>(::micros()); }

static WideClock clock(counter);
static UsbLine line;
static ModelFlash flash;
static NanoSystem systemControl;
static BoardSensors sensors;
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
  flash.begin();
  sensors.begin(findImu(), &clock);
  const device::Identity identity = {kBoardId, kMcu, device::kFirmwareVersion, chipId()};
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

void tend(device::Device& device) { lamps.working(device.spoken(), clock.micros()); }

}  // namespace board
}  // namespace dormouse

#endif
