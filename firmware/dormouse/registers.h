/** A chip that is read and written by its registers, whatever bus it hangs on. */
#ifndef DORMOUSE_REGISTERS_H
#define DORMOUSE_REGISTERS_H

#include <stdint.h>

namespace dormouse {
namespace board {

class Registers {
 public:
  enum : uint8_t { kMostBytes = 60 };

  /** Reads consecutive registers, at most kMostBytes: what every core's Wire can hold. False if the chip did
   * not answer. */
  virtual bool read(uint8_t first, uint8_t* bytes, uint8_t count) = 0;
  virtual bool write(uint8_t reg, uint8_t value) = 0;

 protected:
  ~Registers() {}
};

}  // namespace board
}  // namespace dormouse

#endif
