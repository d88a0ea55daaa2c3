/** The piece of a board's flash that holds the model slots. Each board implements it; offsets count from its
 * start. */
#ifndef DORMOUSE_SLOT_FLASH_H
#define DORMOUSE_SLOT_FLASH_H

#include <stdint.h>

namespace dormouse {
namespace slot {

class Flash {
 public:
  /** Bytes that an erase clears to 0xFF at least; a power of two. */
  virtual uint32_t eraseUnit() const = 0;
  /** Smallest piece that can be programmed; a power of two, 4 to 256. */
  virtual uint32_t writeUnit() const = 0;
  /** Bytes of one slot, a multiple of the erase unit; slot n begins at n * slotBytes(). 0 = this board has no
   * slots. */
  virtual uint32_t slotBytes() const = 0;
  /** Where the flash can be read as memory; stays valid. */
  virtual const uint8_t* memory() const = 0;
  /** Erases the unit that begins at `offset`. False if the flash refused. */
  virtual bool erase(uint32_t offset) = 0;
  /** Programs whole write units that were erased before and not programmed since; `bytes` is 4-aligned. */
  virtual bool program(uint32_t offset, const uint8_t* bytes, uint32_t count) = 0;

 protected:
  ~Flash() {}
};

}  // namespace slot
}  // namespace dormouse

#endif
