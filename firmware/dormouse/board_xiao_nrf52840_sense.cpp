/**
 * Seeed XIAO nRF52840 Sense, with the core "Seeed nRF52 Boards". Flash: the sketch begins at 0x27000, behind
 * Nordic's SoftDevice; the model slots are the 512 KB below 0xED000, where the core's own file system begins.
 */
#include "board.h"

#if defined(ARDUINO_Seeed_XIAO_nRF52840_Sense)

#include "board_button.h"
#include "board_clock.h"
#include "board_lamps.h"
#include "board_sensors.h"
#include "flash_check.h"
#include "imu_lsm6ds3.h"
#include "nrf52840.h"
#include "src/device/version.h"
#include "i2c.h"

#include <Arduino.h>
#include <Adafruit_TinyUSB.h>
#include <nrf_soc.h>

// From the core's linker script: where the sketch's code ends, and what is copied from behind it into RAM.
extern "C" uint32_t __etext;
extern "C" uint32_t __data_start__;
extern "C" uint32_t __data_end__;

namespace dormouse {
namespace board {

static const char kBoardId[] = "xiao-nrf52840-sense";
static const char kMcu[] = "nRF52840";
static const uint32_t kSlotBytes = 256 * 1024;
static const uint32_t kFlashEnd = 0xed000;
static const uint32_t kSlotsStart = kFlashEnd - 2 * kSlotBytes;
// Of the 232 KB that the SoftDevice leaves: what the core needs is in firmware/README.md. This is for the
// model, its window and its features.
static const uint32_t kModelRam = 160 * 1024;

/** USB. Never offers the core more than it has room for, so its write() never waits. */
class UsbLine : public Line {
 public:
  UsbLine() : unsent_(false) {}

  uint32_t read(uint8_t* bytes, uint32_t capacity) override {
    uint32_t count = 0;
    while (count<capacity&& ::Serial.available()> 0) bytes[count++] = static_cast<uint8_t>(::Serial.read());
    return count;
  }

  uint32_t write(const uint8_t* bytes, uint32_t count) override {
    if (!::Serial.dtr()) return 0;  // nobody has the port open
    const uint32_t room = static_cast<uint32_t>(::Serial.availableForWrite());
    const uint32_t taken = ::Serial.write(bytes, count < room ? count : room);
    unsent_ = unsent_ || taken > 0;
    return taken;
  }

  /** The core sends whole packets by itself; this sends the last, shorter one. */
  void push() {
    if (unsent_) ::Serial.flush();
    unsent_ = false;
  }

  bool canSetBaud(uint32_t) override { return false; }
  void setBaud(uint32_t) override {}

 private:
  bool unsent_;
};

/**
 * The nRF52840's flash behind the sketch, through the SoftDevice's calls, which while it is off (Dormouse
 * never turns it on) return when the work is done. The core's flash_nrf5x_write is of no use here: it erases
 * and rewrites a whole page to change one word of it, and a power cut in between would take a committed model
 * away.
 */
class ModelFlash : public slot::Flash {
 public:
  void begin() {
    const uint32_t copied = static_cast<uint32_t>(reinterpret_cast<uintptr_t>(&__data_end__) -
                                                  reinterpret_cast<uintptr_t>(&__data_start__));
    usable_ = reinterpret_cast<uintptr_t>(&__etext) + copied + kEraseUnit <= kSlotsStart;
  }

  uint32_t eraseUnit() const override { return kEraseUnit; }
  uint32_t writeUnit() const override { return kWriteUnit; }
  uint32_t slotBytes() const override { return usable_ ? kSlotBytes : 0; }
  const uint8_t* memory() const override { return reinterpret_cast<const uint8_t*>(kSlotsStart); }

  bool erase(uint32_t offset) override {
    return sd_flash_page_erase((kSlotsStart + offset) / kEraseUnit) == NRF_SUCCESS &&
           flashIsErased(kSlotsStart + offset, kEraseUnit);
  }

  bool program(uint32_t offset, const uint8_t* bytes, uint32_t count) override {
    uint32_t* target = reinterpret_cast<uint32_t*>(kSlotsStart + offset);
    const uint32_t* words = reinterpret_cast<const uint32_t*>(bytes);
    return sd_flash_write(target, words, count / kWriteUnit) == NRF_SUCCESS &&
           flashIs(kSlotsStart + offset, bytes, count);
  }

 private:
  bool usable_;
};

static Lamps lamps(Lamp{LED_GREEN, true}, Lamp{LED_BLUE, true});
static UsbLine line;

class XiaoSystem : public device::System {
 public:
  void restart(bool intoBootloader) override {
    line.push();
    delay(100);                         // the answer's last packets
    if (intoBootloader) enterUf2Dfu();  // offers its drive and its serial port
    NVIC_SystemReset();
  }

  void recognised(int16_t label) override { lamps.recognised(label >= 0); }
};

// The core's micros() has a resolution of a millisecond: a timer of the chip that nothing else uses counts
// instead.
static void startCounter() {
  NRF_TIMER4->MODE = TIMER_MODE_MODE_Timer << TIMER_MODE_MODE_Pos;
  NRF_TIMER4->BITMODE = TIMER_BITMODE_BITMODE_32Bit << TIMER_BITMODE_BITMODE_Pos;
  NRF_TIMER4->PRESCALER = 4;  // 16 MHz / 2^4
  NRF_TIMER4->TASKS_CLEAR = 1;
  NRF_TIMER4->TASKS_START = 1;
}

static uint32_t counter() {
  const uint32_t masked = __get_PRIMASK();
  __disable_irq();  // an interrupt reads it too
  NRF_TIMER4->TASKS_CAPTURE[0] = 1;
  const uint32_t now = NRF_TIMER4->CC[0];
  __set_PRIMASK(masked);
  return now;
}

static WideClock clock(counter);
static ModelFlash flash;
static XiaoSystem systemControl;
static BoardSensors sensors;
/** To be wired by the maker, to ground: the board has no button of its own but reset. */
static const uint8_t kButtonPin = D1;
static const char kButtonName[] = "a button between D1 and GND";
static bool wiredButton() { return digitalRead(kButtonPin) == LOW; }
static Button button(wiredButton);
alignas(16) static uint8_t memory[device::Device::kWireMemory + kModelRam];

static Imu* findImu() {
  static I2cChip bus(Wire1, Lsm6ds3::kI2cAddress);
  static Lsm6ds3 chip(bus);
  // The pin feeds the chip, so it must drive strongly; pinMode() has no such mode.
  pinMode(PIN_LSM6DS3TR_C_POWER, OUTPUT);
  nrf_gpio_cfg(g_ADigitalPinMap[PIN_LSM6DS3TR_C_POWER], NRF_GPIO_PIN_DIR_OUTPUT,
               NRF_GPIO_PIN_INPUT_DISCONNECT, NRF_GPIO_PIN_NOPULL, NRF_GPIO_PIN_H0H1, NRF_GPIO_PIN_NOSENSE);
  digitalWrite(PIN_LSM6DS3TR_C_POWER, HIGH);
  delay(40);
  Wire1.begin();
  Wire1.setClock(400000);
  return chip.find() ? &chip : nullptr;
}

const device::Parts& begin() {
  static device::Parts parts;
  ::Serial.begin(115200);
  lamps.begin();
  pinMode(kButtonPin, INPUT_PULLUP);
  startCounter();
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
  line.push();
}

}  // namespace board
}  // namespace dormouse

#endif
