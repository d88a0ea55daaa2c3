// Any Arduino as a sensor for Dormouse, with gaps seen and times that are the board's own: three analog pins,
// 20 to 200 times a second, over the binary protocol. It cannot run models; ../dormouse can. To send
// something else, put it into `values` and say in setup() what a count is worth.
#include "protocol.h"

static const uint8_t pins[dormouse_stream::kAxes] = {A0, A1, A2};
static unsigned long nextMicros = 0;

// micros() wraps every 71 minutes; this does not, as long as it is asked more often than that.
static uint64_t wideMicros() {
  static uint32_t last = 0;
  static uint32_t wraps = 0;
  const uint32_t now = micros();
  if (now < last) wraps++;
  last = now;
  return (uint64_t)wraps << 32 | now;
}

static void writeLine(const uint8_t* bytes, uint16_t count) { Serial.write(bytes, count); }

static uint16_t room() {
#if defined(__AVR__)
  return Serial.availableForWrite();
#else
  return 1024;  // not every core can say
#endif
}

void setup() {
  Serial.begin(115200);
  dormouse_stream::Board board;
  board.write = writeLine;
  board.room = room;
  board.micros = wideMicros;
  board.name = "arduino";
  board.mcu = "any";
  board.scale = 5.0f / 1024;
  board.units = "V";
  dormouse_stream::begin(board);
}

void loop() {
  while (Serial.available() > 0) dormouse_stream::receive(Serial.read());
  const uint16_t rate = dormouse_stream::rate();
  const uint64_t now = wideMicros();
  if ((long)((unsigned long)now - nextMicros) < 0) return;
  const unsigned long period = 1000000ul / (rate > 0 ? rate : 20);
  // Counting on from the last due time keeps the rate exact; after a pause it begins anew.
  nextMicros += period;
  if ((long)((unsigned long)now - nextMicros) >= 0) nextMicros = (unsigned long)now + period;
  int16_t values[dormouse_stream::kAxes];
  for (uint8_t axis = 0; axis < dormouse_stream::kAxes; axis++) values[axis] = analogRead(pins[axis]);
  if (rate > 0) return dormouse_stream::sample(values, now);
  if (dormouse_stream::spoken()) return;
  for (uint8_t axis = 0; axis < dormouse_stream::kAxes; axis++) {
    Serial.print(values[axis]);
    Serial.print(axis < dormouse_stream::kAxes - 1 ? "," : "\r\n");
  }
}
