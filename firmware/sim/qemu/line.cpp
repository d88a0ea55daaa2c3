/**
 * The bare line, to measure what it carries: takes bytes and throws them away, and answers each frame (its
 * end is a 0) with as many bytes as the device's answer to SLOT_WRITE has.
 */
#include "machine.h"

static const uint32_t kAnswer = 18;  // COBS of 8 bytes of head, 4 of payload, 4 of CRC, and the 0

void program() {
  static uint8_t in[1024];
  static uint8_t answer[kAnswer];
  for (uint32_t i = 0; i + 1 < kAnswer; i++) answer[i] = 0x55;
  uint32_t owed = 0;  // bytes of answers
  for (;;) {
    const uint32_t count = machine::read(in, sizeof in);
    for (uint32_t i = 0; i < count; i++) {
      if (in[i] == 0) owed += kAnswer;
    }
    uint32_t sent = 0;
    if (owed > 0) sent = machine::write(answer + (kAnswer - owed % kAnswer) % kAnswer, 1);
    owed -= sent;
    if (count == 0 && owed == 0) machine::sleep();
  }
}
