// The streaming-only sketch's protocol on a line that is this program's input and output: each byte that
// comes is followed by a moment in which the board makes one frame.
#include "../../firmware/stream/protocol.h"

#include <stdio.h>

namespace {

uint64_t now = 0;
uint16_t roomNow = 1000;

void writeOut(const uint8_t* bytes, uint16_t count) { fwrite(bytes, 1, count, stdout); }
uint16_t room() { return roomNow; }
uint64_t micros() { return now; }

}  // namespace

int main() {
  const dormouse_stream::Board board = {writeOut, room, micros, "arduino", "host", 5.0f / 1024, "V"};
  dormouse_stream::begin(board);
  for (int byte = getchar(); byte != EOF; byte = getchar()) {
    dormouse_stream::receive(static_cast<uint8_t>(byte));
    if (dormouse_stream::rate() == 0) continue;
    // While the stream runs every byte of the host stands for one period; 0x01 means a full line.
    now += 1000000u / dormouse_stream::rate();
    roomNow = byte == 1 ? 10 : 1000;
    const int16_t value = static_cast<int16_t>(now / 10000 - 500);
    const int16_t values[] = {value, static_cast<int16_t>(-value), 7};
    dormouse_stream::sample(values, now);
  }
  return 0;
}
