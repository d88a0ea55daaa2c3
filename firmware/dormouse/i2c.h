/** A chip's registers on an I2C bus. Works with the Wire library of each core. */
#ifndef DORMOUSE_I2C_H
#define DORMOUSE_I2C_H

#include "registers.h"

#include <Wire.h>

namespace dormouse {
namespace board {

class I2cChip : public Registers {
 public:
  I2cChip(TwoWire& wire, uint8_t address) : wire_(wire), address_(address) {}

  bool read(uint8_t first, uint8_t* bytes, uint8_t count) override;
  bool write(uint8_t reg, uint8_t value) override;

 private:
  TwoWire& wire_;
  uint8_t address_;
};

}  // namespace board
}  // namespace dormouse

#endif
