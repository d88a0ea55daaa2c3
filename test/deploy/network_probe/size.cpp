// The least program that runs an exported network: linked once with it and once without, the difference is
// the flash that code, parameters and weights take.
#if defined(WITH_NETWORK)
#include "dormouse/library/network.h"
#endif

extern "C" {
volatile int place;
void start();
void start() {
#if defined(WITH_NETWORK)
  dormouse_model::network::reset();
  dormouse_model::network::input()[0] = static_cast<signed char>(place);
  dormouse_model::network::invoke();
  place = dormouse_model::network::output()[0];
#endif
}
}
