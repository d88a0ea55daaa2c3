/** The Pico's line and flash with Earle Philhower's core. */
#include "pico_core.h"

#if defined(ARDUINO_RASPBERRY_PI_PICO) && !defined(ARDUINO_ARCH_MBED)

#include "flash_check.h"

#include <Arduino.h>
#include <hardware/flash.h>

// From the core's linker script: where the sketch ends, and the file system that the menu may have made.
extern "C" uint8_t __flash_binary_end;
extern "C" uint8_t _FS_start;
extern "C" uint8_t _FS_end;

namespace dormouse {
namespace board {
namespace pico {

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
    if (!::Serial) return 0;  // nobody has the port open
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

/** The flash behind the sketch. Nothing may run from flash meanwhile: interrupts are off, the other core
 * waits. */
class ModelFlash : public slot::Flash {
 public:
  ModelFlash() : usable_(false) {}

  void begin() {
    const uint32_t end = reinterpret_cast<uintptr_t>(&__flash_binary_end);
    const bool files = &_FS_start != &_FS_end && reinterpret_cast<uintptr_t>(&_FS_start) < kFlashEnd;
    usable_ = (end + pico::kEraseUnit - 1) / pico::kEraseUnit * pico::kEraseUnit <= kSlotsStart && !files;
  }

  uint32_t eraseUnit() const override { return pico::kEraseUnit; }
  uint32_t writeUnit() const override { return pico::kWriteUnit; }
  uint32_t slotBytes() const override { return usable_ ? static_cast<uint32_t>(kSlotBytes) : 0; }
  const uint8_t* memory() const override { return reinterpret_cast<const uint8_t*>(kSlotsStart); }

  bool erase(uint32_t offset) override {
    Alone alone;
    flash_range_erase(kSlotsStart - XIP_BASE + offset, pico::kEraseUnit);
    return flashIsErased(kSlotsStart + offset, pico::kEraseUnit);
  }

  bool program(uint32_t offset, const uint8_t* bytes, uint32_t count) override {
    Alone alone;
    flash_range_program(kSlotsStart - XIP_BASE + offset, bytes, count);
    return flashIs(kSlotsStart + offset, bytes, count);
  }

 private:
  class Alone {
   public:
    Alone() {
      noInterrupts();
      rp2040.idleOtherCore();
    }
    ~Alone() {
      rp2040.resumeOtherCore();
      interrupts();
    }
  };

  bool usable_;
};

static UsbLine usb;
static ModelFlash slots;

Line* line() {
  ::Serial.begin(115200);
  return &usb;
}

slot::Flash* flash() {
  slots.begin();
  return &slots;
}

const char* chipId() { return rp2040.getChipID(); }

void restart(bool intoBootloader) {
  usb.push();
  delay(100);  // the answer's last packets
  if (intoBootloader) rp2040.rebootToBootloader();
  rp2040.reboot();
}

void tend() { usb.push(); }

bool button() { return BOOTSEL || digitalRead(kButtonPin) == LOW; }
extern const char kButtonName[] = "BOOTSEL";

}  // namespace pico
}  // namespace board
}  // namespace dormouse

#endif
