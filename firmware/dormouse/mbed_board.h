/** What the boards with one of Arduino’s mbed cores have in common: the USB line, the flash behind the
 * sketch. */
#ifndef DORMOUSE_MBED_BOARD_H
#define DORMOUSE_MBED_BOARD_H

#include "board.h"

#if defined(ARDUINO_ARCH_MBED)

#include <Arduino.h>
#include <FlashIAP.h>

namespace dormouse {
namespace board {

/** USB. The core's own write() waits for the host; its endpoint underneath does not. */
class MbedUsbLine : public Line {
 public:
  uint32_t read(uint8_t* bytes, uint32_t capacity) override;
  uint32_t write(const uint8_t* bytes, uint32_t count) override;
  bool canSetBaud(uint32_t) override { return false; }
  void setBaud(uint32_t) override {}
};

/** Two slots from the address `start` on, through mbed's FlashIAP. */
class MbedFlash : public slot::Flash {
 public:
  MbedFlash(uint32_t start, uint32_t slotBytes, uint32_t eraseUnit, uint32_t writeUnit)
      : start_(start), slotBytes_(slotBytes), eraseUnit_(eraseUnit), writeUnit_(writeUnit), usable_(false) {}

  /** Offers no slots if the sketch reaches into them. */
  void begin();

  uint32_t eraseUnit() const override { return eraseUnit_; }
  uint32_t writeUnit() const override { return writeUnit_; }
  uint32_t slotBytes() const override { return usable_ ? slotBytes_ : 0; }
  const uint8_t* memory() const override { return reinterpret_cast<const uint8_t*>(start_); }
  bool erase(uint32_t offset) override;
  bool program(uint32_t offset, const uint8_t* bytes, uint32_t count) override;

 private:
  mbed::FlashIAP driver_;
  uint32_t start_;
  uint32_t slotBytes_;
  uint32_t eraseUnit_;
  uint32_t writeUnit_;
  bool usable_;
};

/** The core's microseconds, 32 bits of them. */
uint32_t mbedMicros();

/** After the answer's last packets: restarts, into the bootloader if asked. */
void mbedRestart(bool intoBootloader);

}  // namespace board
}  // namespace dormouse

#endif

#endif
