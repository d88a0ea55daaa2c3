/**
 * The few messages of firmware/PROTOCOL.md that a board needs which only streams: HELLO, PING, BYE,
 * STREAM_START, STREAM_STOP and SAMPLES. For boards with 2 KB of RAM; knows nothing of Arduino.
 */
#ifndef DORMOUSE_STREAM_PROTOCOL_H
#define DORMOUSE_STREAM_PROTOCOL_H

#include <stdint.h>

namespace dormouse_stream {

enum { kAxes = 3 };

/** What a board gives: where bytes go, and what time it is. */
struct Board {
  void (*write)(const uint8_t* bytes, uint16_t count);
  /** Bytes that write() takes without waiting. */
  uint16_t (*room)();
  uint64_t (*micros)();
  const char* name;
  const char* mcu;
  /** What one count of the sensor is worth, in `units`. */
  float scale;
  const char* units;
};

void begin(const Board& board);
/** A byte from the host. */
void receive(uint8_t byte);
/** False until the host has spoken: the sketch prints lines of numbers meanwhile. */
bool spoken();
/** Rate of the running stream in Hz, 0 if none runs. */
uint16_t rate();
/** One frame of the stream, taken at `micros`. */
void sample(const int16_t values[kAxes], uint64_t micros);

}  // namespace dormouse_stream

#endif
