/** Register reads and writes over Wire. */
#include "i2c.h"

namespace dormouse {
namespace board {

bool I2cChip::read(uint8_t first, uint8_t* bytes, uint8_t count) {
  wire_.beginTransmission(address_);
  wire_.write(first);
  if (wire_.endTransmission(false) != 0) return false;
  const size_t got = wire_.requestFrom(address_, static_cast<size_t>(count));
  for (size_t i = 0; i < got && i < count; i++) bytes[i] = static_cast<uint8_t>(wire_.read());
  return got == count;
}

bool I2cChip::write(uint8_t reg, uint8_t value) {
  wire_.beginTransmission(address_);
  wire_.write(reg);
  wire_.write(value);
  return wire_.endTransmission() == 0;
}

}  // namespace board
}  // namespace dormouse
