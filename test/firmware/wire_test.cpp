// Frames: the shared vectors, every way of cutting the line into pieces, and a million damaged frames.
// argv[1]: the vectors as lines "frame TYPE FLAGS SEQUENCE PAYLOAD LINE", "bad LINE", "crc BYTES VALUE", in
// hex ("-" = empty).
#include <stdlib.h>
#include <string.h>

#include <string>
#include <vector>

#include "check.h"
#include "wire/crc32.h"
#include "wire/frame.h"

using dormouse::wire::Frame;
using dormouse::wire::FrameReader;
using dormouse::wire::FrameWriter;
typedef std::vector<uint8_t> Bytes;

static Bytes fromHex(const std::string& hex) {
  Bytes bytes;
  if (hex == "-") return bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes.push_back(static_cast<uint8_t>(strtoul(hex.substr(i, 2).c_str(), nullptr, 16)));
  return bytes;
}

struct Heard {
  uint8_t type;
  uint8_t flags;
  uint16_t sequence;
  Bytes payload;
};

struct Listener {
  uint8_t buffer[dormouse::wire::kMaxFrame];
  FrameReader reader;
  std::vector<Heard> heard;

  Listener() { reader.begin(buffer, sizeof buffer); }
  void hear(const uint8_t* bytes, size_t count) {
    while (count > 0) {
      Frame frame;
      bool ready;
      const uint32_t taken = reader.take(bytes, static_cast<uint32_t>(count), &frame, &ready);
      CHECK(taken <= count && (ready || taken == count));
      if (ready)
        heard.push_back(Heard{frame.type, frame.flags, frame.sequence,
                              Bytes(frame.payload, frame.payload + frame.length)});
      bytes += taken;
      count -= taken;
    }
  }
};

static Bytes write(FrameWriter& writer, uint8_t type, uint8_t flags, uint16_t sequence,
                   const Bytes& payload) {
  CHECK(writer.fits(static_cast<uint32_t>(payload.size())));
  writer.open(type, flags, sequence, static_cast<uint16_t>(payload.size()));
  // In two pieces, since callers put a header and then a body.
  const uint32_t half = static_cast<uint32_t>(payload.size() / 2);
  writer.put(payload.data(), half);
  writer.put(payload.data() + half, static_cast<uint32_t>(payload.size()) - half);
  writer.close();
  Bytes line;
  while (!writer.empty()) {
    uint32_t count;
    const uint8_t* bytes = writer.front(&count);
    line.insert(line.end(), bytes, bytes + count);
    writer.sent(count);
  }
  CHECK(line.size() <= dormouse::wire::encodedBound(static_cast<uint32_t>(payload.size())));
  return line;
}

static void vectors(const char* path) {
  FILE* file = fopen(path, "r");
  CHECK(file != nullptr);
  if (!file) return;
  char kind[16];
  static char a[8192], b[8192];
  unsigned type, flags, sequence, value;
  int count = 0;
  uint8_t ring[3000];
  FrameWriter writer;
  writer.begin(ring, sizeof ring);
  while (fscanf(file, "%15s", kind) == 1) {
    count++;
    Listener listener;
    if (strcmp(kind, "frame") == 0) {
      CHECK(fscanf(file, "%u %u %u %8191s %8191s", &type, &flags, &sequence, a, b) == 5);
      const Bytes payload = fromHex(a);
      const Bytes line = fromHex(b);
      CHECK(write(writer, static_cast<uint8_t>(type), static_cast<uint8_t>(flags),
                  static_cast<uint16_t>(sequence), payload) == line);
      listener.hear(line.data(), line.size());
      CHECK(listener.heard.size() == 1 && listener.reader.damaged() == 0);
      if (listener.heard.size() != 1) continue;
      CHECK(listener.heard[0].type == type && listener.heard[0].flags == flags);
      CHECK(listener.heard[0].sequence == sequence && listener.heard[0].payload == payload);
    } else if (strcmp(kind, "bad") == 0) {
      CHECK(fscanf(file, "%8191s", a) == 1);
      const Bytes line = fromHex(a);
      listener.hear(line.data(), line.size());
      CHECK(listener.heard.empty() && listener.reader.damaged() == 1);
    } else {
      CHECK(fscanf(file, "%8191s %u", a, &value) == 2);
      const Bytes bytes = fromHex(a);
      CHECK(dormouse::wire::crc32(bytes.data(), static_cast<uint32_t>(bytes.size())) == value);
    }
  }
  fclose(file);
  CHECK(count > 20);
  printf("vectors %d\n", count);
}

static Bytes randomPayload(check::Random& random) {
  static const uint32_t kLengths[] = {0, 1, 8, 60, 243, 244, 245, 254, 300, 508, 1024};
  Bytes payload(random.below(3) == 0 ? kLengths[random.below(11)] : random.below(64));
  const uint32_t zeros = random.below(4);  // from none to nearly all
  for (uint8_t& value : payload) value = random.below(4) < zeros ? 0 : random.byte();
  return payload;
}

static void pieces() {
  check::Random random(7);
  uint8_t ring[2100];
  FrameWriter writer;
  writer.begin(ring, sizeof ring);
  for (int round = 0; round < 3000; round++) {
    const Bytes payload = randomPayload(random);
    const Bytes line = write(writer, 1, 0, static_cast<uint16_t>(round), payload);
    CHECK(memchr(line.data(), 0, line.size()) == line.data() + line.size() - 1);
    Listener listener;
    for (size_t at = 0; at < line.size();) {
      const size_t piece = 1 + random.below(40);
      const size_t count = piece < line.size() - at ? piece : line.size() - at;
      listener.hear(line.data() + at, count);
      at += count;
    }
    CHECK(listener.heard.size() == 1 && listener.heard[0].payload == payload);
  }
}

/** One way of damaging a line; returns what kind, so that the figures can say. */
static void damage(check::Random& random, Bytes& line) {
  const uint32_t at = random.below(static_cast<uint32_t>(line.size()));
  switch (random.below(7)) {
    case 0:
      line[at] = static_cast<uint8_t>(line[at] ^ (1u << random.below(8)));
      break;
    case 1:
      for (uint32_t i = 0, n = 2 + random.below(6); i < n; i++)
        line[random.below(static_cast<uint32_t>(line.size()))] ^= static_cast<uint8_t>(1u << random.below(8));
      break;
    case 2:
      line.erase(line.begin() + at,
                 line.begin() + at + 1 + random.below(static_cast<uint32_t>(line.size()) - at));
      break;
    case 3:
      line.insert(line.begin() + at, line[at]);
      break;
    case 4:
      line.insert(line.begin() + at, random.byte());
      break;
    case 5:  // a burst
      for (uint32_t i = at; i < line.size() && i < at + 1 + random.below(64); i++) line[i] = random.byte();
      break;
    default: {  // a piece that comes twice
      const Bytes piece(line.begin() + at,
                        line.begin() + at + 1 + random.below(static_cast<uint32_t>(line.size()) - at));
      line.insert(line.begin() + at, piece.begin(), piece.end());
    }
  }
}

static void damagedFrames(int rounds) {
  check::Random random(1);
  uint8_t ring[2100];
  FrameWriter writer;
  writer.begin(ring, sizeof ring);
  Listener listener;
  int damagedLines = 0, wrong = 0, late = 0;
  for (int round = 0; round < rounds; round++) {
    const uint16_t tag = static_cast<uint16_t>(round);
    const Bytes victim = randomPayload(random);
    const Bytes whole = write(writer, 2, 0, tag, victim);
    Bytes line = whole;
    damage(random, line);
    if (line != whole) damagedLines++;
    const Bytes good = randomPayload(random);
    // If the damage took the victim's end, the next frame goes with it; the one after that must come through.
    for (uint8_t type = 3; type <= 4; type++) {
      const Bytes next = write(writer, type, 0, tag, good);
      line.insert(line.end(), next.begin(), next.end());
    }
    listener.heard.clear();
    listener.hear(line.data(), line.size());
    bool resynced = false;
    for (const Heard& heard : listener.heard) {
      const bool isVictim =
          heard.type == 2 && heard.flags == 0 && heard.sequence == tag && heard.payload == victim;
      const bool isGood = (heard.type == 3 || heard.type == 4) && heard.flags == 0 && heard.sequence == tag &&
                          heard.payload == good;
      if (!isVictim && !isGood) wrong++;
      if (isGood && heard.type == 4) resynced = true;
    }
    if (!resynced) late++;
  }
  CHECK(wrong == 0);
  CHECK(late == 0);
  CHECK(damagedLines > rounds * 9 / 10);
  printf("damaged frames %d, wrongly accepted %d, not resynced after one good frame %d\n", damagedLines,
         wrong, late);
}

static void bounds() {
  // A frame longer than the reader's buffer is counted, whatever its CRC says, and the next one is heard.
  uint8_t ring[3000];
  FrameWriter writer;
  writer.begin(ring, sizeof ring);
  uint8_t small[64];
  FrameReader reader;
  reader.begin(small, sizeof small);
  const Bytes tooLong = write(writer, 1, 0, 1, Bytes(200, 5));
  Frame frame;
  bool ready;
  CHECK(reader.take(tooLong.data(), static_cast<uint32_t>(tooLong.size()), &frame, &ready) == tooLong.size());
  CHECK(!ready && reader.damaged() == 1);
  const Bytes fits = write(writer, 1, 0, 2, Bytes(54, 5));
  reader.take(fits.data(), static_cast<uint32_t>(fits.size()), &frame, &ready);
  CHECK(ready && frame.length == 54);
  writer.begin(ring, 1100);
  CHECK(writer.fits(1024));
  writer.open(1, 0, 0, 1024);
  writer.put(Bytes(1024, 0).data(), 1024);
  writer.close();
  CHECK(!writer.fits(1024));
}

int main(int argc, char** argv) {
  if (argc > 1) vectors(argv[1]);
  pieces();
  bounds();
  damagedFrames(argc > 2 ? atoi(argv[2]) : 100000);
  return check::result();
}
