/**
 * Flash in memory, stricter than any real one: it programs only erased write units, whole and aligned, erases
 * only whole erase units, never reads itself while it programs, and counts each breach and each erase. The
 * power can be made to fail inside any operation, which then leaves what real flash leaves: some bits done
 * and some not. After that nothing changes the flash until it has power again.
 */
#ifndef DORMOUSE_SIM_FLASH_H
#define DORMOUSE_SIM_FLASH_H

#include <stdint.h>

#include "slot/flash.h"

namespace dormouse {
namespace sim {

class SimFlash : public slot::Flash {
 public:
  /** `memory` has 2 * slotBytes bytes, `used` one byte for each write unit of it, `erases` one count for each
   * erase unit. */
  void begin(uint8_t* memory, uint8_t* used, uint32_t* erases, uint32_t writeUnit, uint32_t eraseUnit,
             uint32_t slotBytes);
  /** After `memory` was filled from outside: whatever is not 0xFF counts as programmed. */
  void adopt();

  uint32_t eraseUnit() const override { return eraseUnit_; }
  uint32_t writeUnit() const override { return writeUnit_; }
  uint32_t slotBytes() const override { return slotBytes_; }
  const uint8_t* memory() const override { return memory_; }
  bool erase(uint32_t offset) override;
  bool program(uint32_t offset, const uint8_t* bytes, uint32_t count) override;

  /**
   * The power fails inside the operation after the next `operations` ones. `tear` chooses how: 32 in a row go
   * through nothing done, all done, bits at random, and half done from the front or the back with the edge
   * near either end.
   */
  void cutAfter(uint32_t operations, uint32_t tear);
  void restorePower();
  bool powered() const { return powered_; }

  uint32_t bytes() const { return 2 * slotBytes_; }
  uint32_t operations() const { return operations_; }
  uint32_t breaches() const { return breaches_; }
  /** How often the erase unit that begins at `offset` was erased, or begun to be. */
  uint32_t erases(uint32_t offset) const { return erases_[offset / eraseUnit_]; }

 private:
  enum Way : uint8_t { kNothing, kAll, kAnywhere, kForward, kBackward };
  struct Tear {
    Way way;
    uint32_t edge;  // the unit that is half done
  };

  bool refuse();
  bool cutsNow();
  uint32_t random();
  uint8_t torn(uint8_t before, uint8_t after, bool sure, bool hit);
  Tear chooseTear(uint32_t units);
  void tear(uint32_t offset, const uint8_t* bytes, uint32_t count);

  uint8_t* memory_;
  uint8_t* used_;
  uint32_t* erases_;
  uint32_t writeUnit_;
  uint32_t eraseUnit_;
  uint32_t slotBytes_;
  uint32_t operations_;
  uint32_t breaches_;
  uint32_t cutAt_;
  uint32_t tear_;
  uint32_t randomState_;
  bool powered_;
  bool cutPlanned_;
};

}  // namespace sim
}  // namespace dormouse

#endif
