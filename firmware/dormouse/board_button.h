/** A push button, looked at now and then until it is sure. */
#ifndef DORMOUSE_BOARD_BUTTON_H
#define DORMOUSE_BOARD_BUTTON_H

#include "board.h"

namespace dormouse {
namespace board {

class Button {
 public:
  typedef bool (*Pressed)();

  explicit Button(Pressed pressed) : pressed_(pressed), nextLook_(0), down_(false) {}

  /** Once in each loop: tells the host of every change. */
  void tend(device::Device& device, uint64_t micros) {
    // Contacts bounce for a few milliseconds; and looking at the Pico's button stops its flash for a moment.
    const uint32_t kEveryMicros = 50000;
    if (micros < nextLook_) return;
    nextLook_ = micros + kEveryMicros;
    const bool now = pressed_();
    if (now != down_) device.button(0, now);
    down_ = now;
  }

 private:
  Pressed pressed_;
  uint64_t nextLook_;
  bool down_;
};

}  // namespace board
}  // namespace dormouse

#endif
