/** A chip's registers on an SPI bus, as ST's motion chips want it: the highest bit of the address says
 * "read". */
#ifndef DORMOUSE_SPI_CHIP_H
#define DORMOUSE_SPI_CHIP_H

#include "registers.h"

#include <SPI.h>

namespace dormouse {
namespace board {

class SpiChip : public Registers {
 public:
  template <typename Pin>
  SpiChip(arduino::HardwareSPI& bus, Pin select) : bus_(bus), select_(static_cast<pin_size_t>(select)) {}

  void begin() {
    bus_.begin();
    pinMode(select_, OUTPUT);
    digitalWrite(select_, HIGH);
  }

  bool read(uint8_t first, uint8_t* bytes, uint8_t count) override {
    open(first | 0x80);
    for (uint8_t i = 0; i < count; i++) bytes[i] = bus_.transfer(0);
    close();
    return true;
  }

  bool write(uint8_t reg, uint8_t value) override {
    open(reg);
    bus_.transfer(value);
    close();
    return true;
  }

 private:
  void open(uint8_t address) {
    bus_.beginTransaction(SPISettings(8000000, MSBFIRST, SPI_MODE0));
    digitalWrite(select_, LOW);
    bus_.transfer(address);
  }

  void close() {
    digitalWrite(select_, HIGH);
    bus_.endTransaction();
  }

  arduino::HardwareSPI& bus_;
  pin_size_t select_;
};

}  // namespace board
}  // namespace dormouse

#endif
