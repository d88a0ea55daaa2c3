// The least program that loads and runs a model: linked once with it and once without what it calls, the
// difference is the flash that the engine takes.
#include "nn/nn.h"

extern "C" {
volatile uint8_t* volatile place;
void start();
void start() {
#if defined(WITH_ENGINE)
  static dormouse::nn::Model model;
  uint8_t* const bytes = const_cast<uint8_t*>(place);
  if (model.load(bytes, 1000, bytes, 1000) == dormouse::nn::Status::kOk) {
    *static_cast<uint8_t*>(model.input(0).data) = 1;
    model.invoke();
    *bytes = *static_cast<uint8_t*>(model.output(0).data);
  }
  *bytes = static_cast<uint8_t>(*model.text());
#endif
}
}
