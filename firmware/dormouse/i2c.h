/** A chip on an I2C bus, addressed by its registers. Works with the Wire library of each core. */
#ifndef DORMOUSE_I2C_H
#define DORMOUSE_I2C_H

#include <stdint.h>

#include <Wire.h>

namespace dormouse {
namespace board {

class I2cChip {
 public:
  I2cChip(TwoWire& wire, uint8_t address) : wire_(wire), address_(address) {}

  /** Reads consecutive registers; at most 60 bytes, which every core's Wire can hold. False if the chip did
   * not answer. */
  bool read(uint8_t first, uint8_t* bytes, uint8_t count);
  bool write(uint8_t reg, uint8_t value);

 private:
  TwoWire& wire_;
  uint8_t address_;
};

}  // namespace board
}  // namespace dormouse

#endif
