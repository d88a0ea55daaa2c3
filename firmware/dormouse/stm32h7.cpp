/** Reads the STM32's own number. */
#include "stm32h7.h"

#if defined(ARDUINO_PORTENTA_H7_M7) || defined(ARDUINO_NICLA_VISION)

#include <Arduino.h>

namespace dormouse {
namespace board {

const char* chipId() {
  static char text[25];
  const uint32_t words[3] = {HAL_GetUIDw0(), HAL_GetUIDw1(), HAL_GetUIDw2()};
  for (uint32_t digit = 0; digit < 24; digit++)
    text[digit] = "0123456789abcdef"[(words[digit / 8] >> (28 - digit % 8 * 4)) & 15];
  text[24] = 0;
  return text;
}

}  // namespace board
}  // namespace dormouse

#endif
