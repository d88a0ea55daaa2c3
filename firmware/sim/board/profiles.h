/** What the simulated board borrows from each real one: its name, its flash's units, its RAM for models. */
#ifndef DORMOUSE_SIM_PROFILES_H
#define DORMOUSE_SIM_PROFILES_H

#include <stdint.h>

namespace dormouse {
namespace sim {

struct Profile {
  const char* id;
  const char* mcu;
  uint32_t writeUnit;
  uint32_t eraseUnit;
  uint32_t slotBytes;
  uint32_t modelRam;
};

/** nullptr if there is none of that name; `length` bytes of `id` count. */
const Profile* profileById(const char* id, uint32_t length);

}  // namespace sim
}  // namespace dormouse

#endif
