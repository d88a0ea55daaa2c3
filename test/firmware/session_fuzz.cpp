// Talks nonsense to a whole simulated board, under the sanitizers: well-framed messages with payloads made up
// or damaged, damaged frames, and silence. Now and then it asks whether the board still answers. Usage:
// session_fuzz SEED ROUNDS [IMAGE...] (model images, of which pieces are written into its slots).
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vector>

#include "board/sim_board.h"
#include "check.h"
#include "wire/frame.h"

using namespace dormouse;

namespace {
typedef std::vector<uint8_t> Bytes;

void* allocate(uint32_t bytes) { return calloc(1, bytes); }
uint32_t stopwatch() {
  static uint32_t ticks;
  return ++ticks;
}

const uint8_t kTypes[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x10, 0x11, 0x20, 0x21, 0x22, 0x23,
                          0x24, 0x25, 0x26, 0x30, 0x31, 0x32, 0x33, 0x34, 0x40, 0x7F, 0xFF};
const char* const kKeys[] = {"s", "r", "n", "c", "w", "k", "b", "m", "f", "zz"};

void addNumber(check::Random& random, Bytes& out, uint8_t major, uint32_t value) {
  // Also longer than needed, and now and then cut off later.
  const uint32_t size =
      value > 0xFFFF ? 4 : (value > 0xFF ? 2 : (value > 23 || random.below(20) == 0 ? 1 : 0));
  out.push_back(
      static_cast<uint8_t>(major << 5 | (size == 0 ? value : (size == 1 ? 24 : (size == 2 ? 25 : 26)))));
  for (uint32_t i = size; i-- > 0;) out.push_back(static_cast<uint8_t>(value >> (8 * i)));
}

uint32_t someNumber(check::Random& random) {
  static const uint32_t kNumbers[] = {0,   1,    2,     3,      4,       16,         100,        255,
                                      256, 1000, 65535, 104000, 1000000, 0x7FFFFFFF, 0xFFFFFFF0, 0xFFFFFFFF};
  return random.below(3) == 0 ? random.next() : kNumbers[random.below(16)];
}

Bytes someMap(check::Random& random) {
  Bytes out;
  const uint32_t count = random.below(4);
  addNumber(random, out, 5, count);
  for (uint32_t i = 0; i < count; i++) {
    const char* const key = kKeys[random.below(10)];
    addNumber(random, out, 3, static_cast<uint32_t>(strlen(key)));
    out.insert(out.end(), key, key + strlen(key));
    addNumber(random, out, static_cast<uint8_t>(random.below(10) == 0 ? random.below(8) : 0),
              someNumber(random));
  }
  return out;
}

Bytes somePayload(check::Random& random, const std::vector<Bytes>& images) {
  Bytes payload = someMap(random);
  const uint32_t way = random.below(4);
  if (way == 0) {
    payload.resize(random.below(random.below(8) == 0 ? 1025 : 40));
    for (uint8_t& byte : payload) byte = random.byte();
  } else if (way == 1 && !images.empty()) {
    // A piece of an image, at an offset, as SLOT_WRITE and INFER_DATA have it.
    const Bytes& image = images[random.below(static_cast<uint32_t>(images.size()))];
    const uint32_t at = random.below(static_cast<uint32_t>(image.size())) & ~3u;
    const uint32_t left = static_cast<uint32_t>(image.size()) - at;
    payload.assign(4, 0);
    memcpy(payload.data(), &at, 4);
    payload.insert(payload.end(), image.begin() + at, image.begin() + at + (left < 512 ? left : 512));
  }
  if (!payload.empty() && random.below(4) == 0)
    payload[random.below(static_cast<uint32_t>(payload.size()))] = random.byte();
  if (!payload.empty() && random.below(8) == 0)
    payload.resize(random.below(static_cast<uint32_t>(payload.size())));
  if (payload.size() > wire::kMaxPayload) payload.resize(wire::kMaxPayload);
  return payload;
}

class Talk {
 public:
  Talk(uint32_t seed, const std::vector<Bytes>& images) : random_(seed), images_(images), answers_(0) {
    sim::Options options;
    memset(&options, 0, sizeof options);
    options.profile = sim::profileById("sim", 3);
    options.uid = "0011223344556677";
    options.slotBytes = 64 * 1024;
    options.build = 1;
    if (!board_.create(options, allocate, stopwatch)) exit(2);
    board_.start();
    writer_.begin(ring_, sizeof ring_);
    reader_.begin(heard_, sizeof heard_);
  }

  void round(uint32_t number) {
    const uint8_t type = random_.below(12) == 0 ? random_.byte() : kTypes[random_.below(sizeof kTypes)];
    Bytes line = framed(type, static_cast<uint16_t>(number), somePayload(random_, images_));
    if (random_.below(6) == 0) line[random_.below(static_cast<uint32_t>(line.size()))] = random_.byte();
    say(line);
    feedSensors();
    board_.advance(random_.below(10) == 0 ? 300000 : random_.below(5000));
    hear();
  }

  // Whatever was said before, the board answers a greeting.
  bool answers(uint32_t number) {
    for (uint32_t turn = 0; turn < 4; turn++) {
      board_.start();
      answers_ = 0;
      say(Bytes(1, 0));
      say(framed(0x01, static_cast<uint16_t>(number), Bytes(1, 0xA0)));
      for (uint32_t i = 0; i < 40 && answers_ == 0; i++) {
        board_.advance(2000);
        hear();
      }
      if (answers_ != 0) return true;
    }
    return false;
  }

 private:
  Bytes framed(uint8_t type, uint16_t sequence, const Bytes& payload) {
    writer_.open(type, 0, sequence, static_cast<uint16_t>(payload.size()));
    writer_.put(payload.data(), static_cast<uint32_t>(payload.size()));
    writer_.close();
    Bytes line;
    uint32_t count = 0;
    while (const uint8_t* const bytes = writer_.front(&count)) {
      if (count == 0) break;
      line.insert(line.end(), bytes, bytes + count);
      writer_.sent(count);
    }
    return line;
  }

  void say(const Bytes& line) {
    for (uint32_t at = 0; at < line.size();) {
      const uint32_t took = board_.receive(line.data() + at, static_cast<uint32_t>(line.size()) - at);
      at += took;
      board_.advance(100);
      hear();
      if (took == 0) break;
    }
  }

  void feedSensors() {
    int16_t frames[6 * 32];
    for (int16_t& value : frames) value = static_cast<int16_t>(random_.next());
    for (uint8_t sensor = 0; sensor < board_.count(); sensor++) {
      if (sensor != sim::SimBoard::kCamera && board_.runningRate(sensor) != 0)
        board_.provide(sensor, frames, 32);
    }
  }

  void hear() {
    uint8_t bytes[4096];
    for (;;) {
      const uint32_t n = board_.takeOutput(bytes, sizeof bytes);
      if (n == 0) return;
      for (uint32_t at = 0; at < n;) {
        wire::Frame frame;
        bool ready = false;
        at += reader_.take(bytes + at, n - at, &frame, &ready);
        if (ready) answers_++;
      }
    }
  }

  check::Random random_;
  const std::vector<Bytes>& images_;
  sim::SimBoard board_;
  wire::FrameWriter writer_;
  wire::FrameReader reader_;
  uint8_t ring_[4096];
  uint8_t heard_[wire::kMaxFrame];
  uint32_t answers_;
};

Bytes readFile(const char* path) {
  Bytes bytes;
  FILE* const file = fopen(path, "rb");
  if (file == nullptr) exit(2);
  uint8_t block[65536];
  size_t n = 0;
  while ((n = fread(block, 1, sizeof block, file)) != 0) bytes.insert(bytes.end(), block, block + n);
  fclose(file);
  return bytes;
}
}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const uint32_t rounds = static_cast<uint32_t>(strtoul(argv[2], nullptr, 10));
  std::vector<Bytes> images;
  for (int i = 3; i < argc; i++) images.push_back(readFile(argv[i]));
  static Talk talk(static_cast<uint32_t>(strtoul(argv[1], nullptr, 10)), images);
  uint32_t asked = 0;
  for (uint32_t i = 0; i < rounds; i++) {
    talk.round(i);
    if (i % 5000 == 4999 || i + 1 == rounds) {
      asked++;
      if (!talk.answers(i)) {
        printf("the board does not answer after %u messages\n", i + 1);
        return 1;
      }
    }
  }
  printf("%u messages, answered %u of %u greetings\n", rounds, asked, asked);
  return 0;
}
