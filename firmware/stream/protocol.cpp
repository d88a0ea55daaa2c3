/** Builds answers in one buffer, stuffs them, and sends them. */
#include "protocol.h"

#include <string.h>

namespace dormouse_stream {

enum {
  kHello = 0x01,
  kPing = 0x02,
  kBye = 0x03,
  kStreamStart = 0x10,
  kStreamStop = 0x11,
  kSamples = 0x40,
  kAnswer = 0x80,
  kHeader = 6,
  kCrc = 4,
  kRxPayload = 64,
  kRxMost = kHeader + kRxPayload + kCrc + 1,
  kTxMost = 320,
  kSampleHeader = 20,
  // So that a whole event fits into the 64 bytes that an AVR's Serial can hold.
  kMostFrames = 5,
};

static const uint16_t kRates[] = {100, 20, 50, 200};

static Board board;
static bool hostSpoke;

static uint8_t in[kRxMost];
static uint8_t inCount;
static bool inTooLong;

static uint8_t out[kTxMost];
static uint16_t outCount;

static uint8_t lastType;
static uint16_t lastSequence;
static uint16_t events;

static uint16_t streamRate;
static uint8_t blockFrames;
static uint32_t made;     // frames since STREAM_START
static uint32_t dropped;  // of these, not sent
static int16_t block[kMostFrames * kAxes];
static uint8_t blockCount;
static uint64_t blockMicros;

static uint32_t crc32(const uint8_t* bytes, uint16_t count) {
  uint32_t crc = 0xffffffffu;
  for (uint16_t i = 0; i < count; i++) {
    crc ^= bytes[i];
    for (uint8_t bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
  }
  return ~crc;
}

static void put(uint8_t byte) {
  if (outCount < kTxMost - kCrc) out[outCount++] = byte;
}

static void putLittle(uint64_t value, uint8_t bytes) {
  for (uint8_t i = 0; i < bytes; i++) put(static_cast<uint8_t>(value >> (8 * i)));
}

/** A CBOR head: major type and number (RFC 8949, 3). */
static void head(uint8_t major, uint32_t value) {
  const uint8_t top = static_cast<uint8_t>(major << 5);
  if (value < 24) return put(static_cast<uint8_t>(top | value));
  const uint8_t bytes = value < 0x100 ? 1 : value < 0x10000 ? 2 : 4;
  put(static_cast<uint8_t>(top | (bytes == 1 ? 24 : bytes == 2 ? 25 : 26)));
  for (uint8_t i = bytes; i > 0; i--) put(static_cast<uint8_t>(value >> (8 * (i - 1))));
}

static void text(const char* value) {
  const uint32_t length = static_cast<uint32_t>(strlen(value));
  head(3, length);
  for (uint32_t i = 0; i < length; i++) put(static_cast<uint8_t>(value[i]));
}

static void number(const char* key, uint32_t value) {
  text(key);
  head(0, value);
}

static void words(const char* key, const char* value) {
  text(key);
  text(value);
}

static void open(uint8_t type, uint8_t flags, uint16_t sequence) {
  outCount = 0;
  put(type);
  put(flags);
  putLittle(sequence, 2);
  putLittle(0, 2);
}

/** Length, CRC, COBS, line. */
static void close() {
  const uint16_t payload = static_cast<uint16_t>(outCount - kHeader);
  out[4] = static_cast<uint8_t>(payload & 0xff);
  out[5] = static_cast<uint8_t>(payload >> 8);
  const uint32_t crc = crc32(out, outCount);
  for (uint8_t i = 0; i < kCrc; i++) out[outCount++] = static_cast<uint8_t>(crc >> (8 * i));
  uint16_t at = 0;
  // One run after the other: its length and one, then its bytes, in place of the 0x00 that ends it.
  for (;;) {
    uint8_t run = 0;
    while (run < 254 && at + run < outCount && out[at + run] != 0) run++;
    const uint8_t code = static_cast<uint8_t>(run + 1);
    board.write(&code, 1);
    board.write(out + at, run);
    at = static_cast<uint16_t>(at + run);
    if (run < 254) {
      if (at >= outCount) break;
      at++;
    }
  }
  const uint8_t end = 0;
  board.write(&end, 1);
}

static void hello(uint16_t sequence) {
  open(kHello | kAnswer, 0, sequence);
  head(5, 12);
  number("proto", 1);
  words("board", board.name);
  words("mcu", board.mcu);
  words("fw", "stream 1");
  words("uid", "");
  number("clock", static_cast<uint32_t>(board.micros()));
  number("rx", kRxPayload);
  number("ram", 0);
  number("slot", 0);
  text("sensors");
  head(4, 1);
  head(5, 5);
  number("id", 0);
  words("name", "analog");
  words("kind", "other");
  text("axes");
  head(4, kAxes);
  for (uint8_t axis = 0; axis < kAxes; axis++) {
    const char name[] = {'a', static_cast<char>('0' + axis), 0};
    head(5, 3);
    words("n", name);
    words("u", board.units);
    text("s");
    put(0xfa);
    uint32_t bits;
    memcpy(&bits, &board.scale, sizeof bits);
    for (uint8_t i = 4; i > 0; i--) put(static_cast<uint8_t>(bits >> (8 * (i - 1))));
  }
  text("rates");
  head(4, sizeof kRates / sizeof kRates[0]);
  for (uint16_t offered : kRates) head(0, offered * 1000ul);
  text("slots");
  head(4, 0);
  text("active");
  put(0x20);  // -1
  close();
}

/** The unsigned number at the one-letter key of a CBOR map of such; `otherwise` if it is not there. */
static uint32_t asked(const uint8_t* map, uint8_t count, char key, uint32_t otherwise) {
  uint8_t at = 1;
  while (at + 2 < count && map[at] == 0x61) {
    const bool match = map[at + 1] == static_cast<uint8_t>(key);
    const uint8_t first = map[at + 2];
    const uint8_t bytes = first < 24 ? 0 : first == 24 ? 1 : first == 25 ? 2 : first == 26 ? 4 : 255;
    at = static_cast<uint8_t>(at + 3);
    if (bytes == 255 || at + bytes > count) return otherwise;
    uint32_t value = bytes == 0 ? first : 0;
    for (uint8_t i = 0; i < bytes; i++) value = value << 8 | map[at + i];
    if (match) return value;
    at = static_cast<uint8_t>(at + bytes);
  }
  return otherwise;
}

static void refuse(uint8_t type, uint16_t sequence, uint8_t code, const char* why) {
  open(type | kAnswer, 1, sequence);
  head(5, 2);
  number("e", code);
  words("m", why);
  close();
}

static void streamStart(const uint8_t* payload, uint8_t count, uint16_t sequence, bool again) {
  if (asked(payload, count, 's', 255) != 0)
    return refuse(kStreamStart, sequence, 2, "This board has one sensor.");
  if (!again) {
    const uint32_t wanted = asked(payload, count, 'r', 0) / 1000;
    streamRate = kRates[0];
    for (uint16_t offered : kRates) {
      const uint32_t off = offered > wanted ? offered - wanted : wanted - offered;
      const uint32_t bestOff = streamRate > wanted ? streamRate - wanted : wanted - streamRate;
      if (off < bestOff) streamRate = offered;
    }
    blockFrames = static_cast<uint8_t>(streamRate / 40 > 0 ? streamRate / 40 : 1);
    made = dropped = 0;
    blockCount = 0;
  }
  open(kStreamStart | kAnswer, 0, sequence);
  head(5, 2);
  number("r", streamRate * 1000ul);
  number("f", blockFrames);
  close();
}

static void streamStop(uint16_t sequence) {
  streamRate = 0;
  open(kStreamStop | kAnswer, 0, sequence);
  head(5, 2);
  number("n", made - dropped - blockCount);
  number("d", dropped + blockCount);
  close();
}

static void handle(uint8_t type, uint16_t sequence, const uint8_t* payload, uint8_t count) {
  if (type == 0 || type >= kSamples) return;
  hostSpoke = true;
  const bool again = type == lastType && sequence == lastSequence;
  lastType = type;
  lastSequence = sequence;
  switch (type) {
    case kHello:
      streamRate = 0;
      return hello(sequence);
    case kPing:
      open(kPing | kAnswer, 0, sequence);
      putLittle(board.micros(), 8);
      for (uint8_t i = 0; i < count; i++) put(payload[i]);
      return close();
    case kBye:
      streamRate = 0;
      open(kBye | kAnswer, 0, sequence);
      close();
      hostSpoke = false;
      return;
    case kStreamStart:
      return streamStart(payload, count, sequence, again);
    case kStreamStop:
      return streamStop(sequence);
    default:
      return refuse(type, sequence, 1, "This sketch only streams.");
  }
}

/** Takes the stuffing out of what came, in place, and hands a whole frame on. */
static void frame() {
  uint8_t to = 0;
  uint8_t at = 0;
  while (at < inCount) {
    const uint8_t code = in[at++];
    if (code == 0 || at + code - 1 > inCount) return;
    for (uint8_t i = 1; i < code; i++) in[to++] = in[at++];
    if (code < 255 && at < inCount) in[to++] = 0;
  }
  if (to < kHeader + kCrc) return;
  const uint8_t payload = static_cast<uint8_t>(to - kHeader - kCrc);
  if ((in[4] | in[5] << 8) != payload) return;
  const uint32_t crc = crc32(in, static_cast<uint16_t>(kHeader + payload));
  for (uint8_t i = 0; i < kCrc; i++) {
    if (in[kHeader + payload + i] != static_cast<uint8_t>(crc >> (8 * i))) return;
  }
  handle(in[0], static_cast<uint16_t>(in[2] | in[3] << 8), in + kHeader, payload);
}

void begin(const Board& with) {
  board = with;
  hostSpoke = inTooLong = false;
  inCount = blockCount = lastType = 0;
  lastSequence = events = streamRate = 0;
  made = dropped = 0;
}

void receive(uint8_t byte) {
  if (byte != 0) {
    if (inCount < kRxMost)
      in[inCount++] = byte;
    else
      inTooLong = true;
    return;
  }
  if (!inTooLong && inCount > 0) frame();
  inCount = 0;
  inTooLong = false;
}

bool spoken() { return hostSpoke; }

uint16_t rate() { return streamRate; }

void sample(const int16_t values[kAxes], uint64_t micros) {
  if (streamRate == 0) return;
  if (blockCount == 0) blockMicros = micros;
  memcpy(block + blockCount * kAxes, values, kAxes * sizeof values[0]);
  made++;
  if (++blockCount < blockFrames) return;
  const uint16_t bytes = static_cast<uint16_t>(blockCount * kAxes * sizeof block[0]);
  if (board.room() < kHeader + kSampleHeader + bytes + kCrc + 2) {
    dropped += blockCount;
    blockCount = 0;
    return;
  }
  open(kSamples, 0, events++);
  put(0);
  put(0);
  putLittle(blockCount, 2);
  putLittle(made - blockCount, 4);
  putLittle(blockMicros, 8);
  putLittle(dropped, 4);
  for (uint8_t i = 0; i < blockCount * kAxes; i++) putLittle(static_cast<uint16_t>(block[i]), 2);
  close();
  blockCount = 0;
}

}  // namespace dormouse_stream
