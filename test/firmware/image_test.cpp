// Model images: the shared vectors read as they should be, and hostile bytes: damaged images, manifests,
// CBOR, flash and frames against a whole device, under sanitizers. Every input is copied to memory of its
// exact size first. argv[1]: the vectors as lines "image HEX CRC NAMEHEX LABELS AXES RATE WINDOW STRIDE DSP
// PARAMS THRESHOLD SMOOTHING ARENA TFLITEAT TFLITEBYTES GOLDEN WIDTH HEAD SUPPRESS THRESHOLDS ANOMALYBYTES"
// and "refused HEX". argv[2]: how many hostile inputs of each kind.
#include <stdlib.h>
#include <string.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "board/sim_board.h"
#include "check.h"
#include "device/recogniser.h"
#include "wire/bytes.h"
#include "wire/crc32.h"

using dormouse::device::Recogniser;
using dormouse::sim::SimBoard;
using dormouse::slot::GoldenReader;
using dormouse::slot::Image;
using dormouse::slot::Manifest;
typedef std::vector<uint8_t> Bytes;

static uint32_t tickCount = 0;
static uint32_t stopwatch() { return tickCount++; }

struct TickClock : public dormouse::device::Clock {
  uint64_t micros() override { return tickCount; }
  uint32_t ticks() override { return stopwatch(); }
};

static Bytes fromHex(const std::string& hex) {
  Bytes bytes;
  if (hex == "-") return bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes.push_back(static_cast<uint8_t>(strtoul(hex.substr(i, 2).c_str(), nullptr, 16)));
  return bytes;
}

/** Memory of exactly so many bytes, 16-aligned, so that a sanitizer sees the first byte read beyond it. */
struct Exact {
  uint8_t* data;
  explicit Exact(const Bytes& bytes) : data(static_cast<uint8_t*>(malloc(bytes.empty() ? 1 : bytes.size()))) {
    if (!bytes.empty()) memcpy(data, bytes.data(), bytes.size());
  }
  ~Exact() { free(data); }
};

static bool accepts(const Bytes& bytes, Recogniser& recogniser) {
  Exact exact(bytes);
  Image image;
  Manifest manifest;
  if (dormouse::slot::readImage(exact.data, static_cast<uint32_t>(bytes.size()), &image)) return false;
  if (dormouse::slot::readManifest(image.manifest, &manifest)) return false;
  uint32_t passed, longest;
  return recogniser.load(exact.data, static_cast<uint32_t>(bytes.size())) &&
         recogniser.selfTest(&passed, &longest);
}

static void expectImage(FILE* file, Recogniser& recogniser, Bytes* first) {
  static char hex[200000], name[256];
  unsigned crc, labels, axes, rate, window, stride, kind, params, threshold, smoothing, arena, at, tflite,
      golden, width, head, suppress, thresholds, anomaly;
  CHECK(fscanf(file, "%199999s %u %255s %u %u %u %u %u %u %u %u %u %u %u %u %u %u %u %u %u %u", hex, &crc,
               name, &labels, &axes, &rate, &window, &stride, &kind, &params, &threshold, &smoothing, &arena,
               &at, &tflite, &golden, &width, &head, &suppress, &thresholds, &anomaly) == 21);
  const Bytes bytes = fromHex(hex);
  if (first->empty()) *first = bytes;
  const uint32_t length = static_cast<uint32_t>(bytes.size());
  CHECK(dormouse::wire::crc32(bytes.data(), length) == crc);
  Image image;
  Manifest manifest;
  const char* wrong = dormouse::slot::readImage(bytes.data(), length, &image);
  CHECK(wrong == nullptr);
  if (wrong) return;
  CHECK(dormouse::slot::readManifest(image.manifest, &manifest) == nullptr);
  const Bytes text = fromHex(name);
  CHECK(manifest.name.length == text.size());
  CHECK(std::equal(text.begin(), text.end(), manifest.name.data));
  CHECK(manifest.labels == labels && manifest.axes == axes && manifest.rateMilliHz == rate);
  CHECK(manifest.window == window && manifest.stride == stride && manifest.block.kind == kind);
  CHECK(manifest.block.count == params && manifest.threshold == threshold && manifest.smoothing == smoothing);
  CHECK(manifest.arena == arena);
  CHECK(image.tflite.bytes == tflite && (tflite == 0 || image.tflite.data == bytes.data() + at));
  CHECK(manifest.width == width && manifest.head == head && manifest.suppress == suppress);
  CHECK((manifest.thresholds != nullptr) == (thresholds != 0) && image.anomaly.bytes == anomaly);
  GoldenReader reader(image);
  CHECK(reader.count() == golden);
  uint32_t passed = 0, longest;
  CHECK(recogniser.load(bytes.data(), length) && recogniser.selfTest(&passed, &longest));
  CHECK(passed == golden);
}

static Bytes vectors(const char* path, Recogniser& recogniser) {
  Bytes first;
  FILE* file = fopen(path, "r");
  CHECK(file != nullptr);
  if (!file) return first;
  static char kind[16], hex[200000];
  int images = 0, refused = 0;
  while (fscanf(file, "%15s", kind) == 1) {
    if (strcmp(kind, "image") == 0) {
      expectImage(file, recogniser, &first);
      images++;
      continue;
    }
    CHECK(fscanf(file, "%199999s", hex) == 1);
    CHECK(!accepts(fromHex(hex), recogniser));
    refused++;
  }
  fclose(file);
  CHECK(images > 0 && refused > 0);
  printf("images %d, refused %d\n", images, refused);
  return first;
}

static void mutate(check::Random& random, Bytes& bytes, uint32_t most) {
  static const uint32_t kNasty[] = {0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffff0, 16, 48};
  for (uint32_t n = 1 + random.below(most); n > 0; n--) {
    const uint32_t at = random.below(static_cast<uint32_t>(bytes.size()));
    if (random.below(3) == 0 && at + 4 <= bytes.size())
      dormouse::wire::store32(&bytes[at & ~3u], kNasty[random.below(8)]);
    else
      bytes[at] = random.byte();
  }
}

static void hostileImages(const Bytes& good, Recogniser& recogniser, uint32_t rounds) {
  check::Random random(1);
  uint32_t accepted = 0;
  const uint32_t manifestAt = dormouse::wire::load32(good.data() + 12);
  const uint32_t manifestBytes = dormouse::wire::load32(good.data() + 16);
  for (uint32_t round = 0; round < rounds; round++) {
    Bytes bytes = good;
    if (random.below(3) == 0) {  // only the manifest, where most bytes matter
      Bytes manifest(bytes.begin() + manifestAt, bytes.begin() + manifestAt + manifestBytes);
      mutate(random, manifest, 3);
      std::copy(manifest.begin(), manifest.end(), bytes.begin() + manifestAt);
    } else if (random.below(2) == 0) {
      Bytes header(bytes.begin(), bytes.begin() + 48);
      mutate(random, header, 2);
      std::copy(header.begin(), header.end(), bytes.begin());
    } else {
      mutate(random, bytes, 6);
    }
    if (random.below(8) == 0) bytes.resize(random.below(static_cast<uint32_t>(bytes.size())));
    if (bytes.size() >= 48) {  // a right CRC, or nothing behind it would ever be reached
      const uint32_t rest = static_cast<uint32_t>(bytes.size()) - 48;
      const uint32_t crc =
          dormouse::wire::crc32(bytes.data() + 48, rest, dormouse::wire::crc32(bytes.data(), 44));
      dormouse::wire::store32(&bytes[44], crc);
    }
    if (accepts(bytes, recogniser)) accepted++;
  }
  printf("hostile images %u, %u of them harmless\n", rounds, accepted);
}

static void hostileCbor(uint32_t rounds) {
  check::Random random(2);
  uint32_t value;
  for (uint32_t round = 0; round < rounds; round++) {
    Bytes bytes(random.below(40));
    for (uint8_t& byte : bytes)
      byte = random.below(2) == 0 ? random.byte() : static_cast<uint8_t>(0xa1 + random.below(4));
    Exact exact(bytes);
    dormouse::wire::CborReader reader(exact.data, static_cast<uint32_t>(bytes.size()));
    while (reader.skip()) continue;
    dormouse::wire::findNumber(exact.data, static_cast<uint32_t>(bytes.size()), "s", &value);
    const dormouse::slot::Section section = {exact.data, static_cast<uint32_t>(bytes.size())};
    Manifest manifest;
    dormouse::slot::readManifest(section, &manifest);
    for (uint32_t version = 1; version <= 2; version++) {
      Image image = Image();
      image.version = version;
      image.golden = section;
      GoldenReader golden(image);
      GoldenReader::Vector vector;
      while (golden.next(&vector)) continue;
    }
    dormouse::anomaly::Detector detector;
    dormouse::anomaly::readDetector(exact.data, static_cast<uint32_t>(bytes.size()), &detector);
  }
  // Deep nesting ends where the depth is too great, not where the stack is.
  const Bytes deep(100000, 0x81);
  dormouse::wire::CborReader reader(deep.data(), static_cast<uint32_t>(deep.size()));
  CHECK(!reader.skip());
  printf("hostile cbor %u\n", rounds);
}

static std::vector<void*> allocated;
static void* allocate(uint32_t bytes) {
  allocated.push_back(calloc(1, bytes));
  return allocated.back();
}

static void hostileHost(const Bytes& good, uint32_t rounds) {
  static const uint8_t kTypes[] = {1,    2,    3,    4,    0x10, 0x11, 0x20, 0x21, 0x22,
                                   0x23, 0x24, 0x25, 0x26, 0x30, 0x31, 0x32, 0x33, 0x34};
  check::Random random(4);
  std::unique_ptr<SimBoard> board(new SimBoard());
  dormouse::sim::Options options = {
      dormouse::sim::profileById("rpi-pico", 8),         "fuzz", 16384, 20000, true,
      {64, 48, dormouse::capture::PixelFormat::kRgb565}, false,  1};
  CHECK(board->create(options, allocate, stopwatch));
  // Flash that holds anything at all must not trouble a start either.
  uint8_t* flash = const_cast<uint8_t*>(board->flash().memory());
  for (uint32_t i = 0; i < board->flash().bytes(); i++) flash[i] = random.byte();
  memcpy(flash, good.data(), good.size());
  board->flash().adopt();
  board->start();
  const Bytes view(board->pictureBytes(), 0x5a);
  uint8_t ring[2200], out[4096];
  dormouse::wire::FrameWriter writer;
  writer.begin(ring, sizeof ring);
  for (uint32_t round = 0; round < rounds; round++) {
    Bytes payload(random.below(6) == 0 ? random.below(1025) : random.below(20));
    for (uint8_t& byte : payload) byte = random.byte();
    const uint8_t map[] = {0xa4, 0x61, 's',  static_cast<uint8_t>(random.below(4)),
                           0x61, 'r',  0x1a, 0,
                           0x0f, 0x42, 0x40, 0x61,
                           'n',  0x19, 0x0c, 0xe0,
                           0x61, 'c',  0};
    if (random.below(2) == 0) payload.assign(map, map + sizeof map);
    writer.open(kTypes[random.below(sizeof kTypes)], 0, static_cast<uint16_t>(round),
                static_cast<uint16_t>(payload.size()));
    writer.put(payload.data(), static_cast<uint32_t>(payload.size()));
    writer.close();
    uint32_t count;
    while (!writer.empty()) {
      const uint8_t* bytes = writer.front(&count);
      Bytes line(bytes, bytes + count);
      if (random.below(5) == 0) mutate(random, line, 3);
      board->receive(line.data(), count);
      writer.sent(count);
    }
    int16_t frames[6 * 20] = {};
    board->provide(static_cast<uint8_t>(random.below(4)), frames, 20);
    if (random.below(2) == 0) board->providePicture(view.data(), board->pictureBytes());
    board->advance(random.below(100000));
    board->takeOutput(out, random.below(3) == 0 ? sizeof out : random.below(200));
  }
  CHECK(board->flash().breaches() == 0);
  // It still answers: everything waiting out, one HELLO in, its answer out.
  for (int i = 0; i < 100; i++) {
    while (board->takeOutput(out, sizeof out) > 0) continue;
    board->advance(1000);
  }
  writer.open(1, 0, 9, 0);
  writer.close();
  uint32_t count;
  const uint8_t end = 0;
  board->receive(&end, 1);
  while (!writer.empty()) {
    const uint8_t* bytes = writer.front(&count);
    board->receive(bytes, count);
    writer.sent(count);
  }
  board->advance(1000);
  CHECK(board->takeOutput(out, sizeof out) > 200);
  printf("hostile requests %u\n", rounds);
}

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const uint32_t rounds = static_cast<uint32_t>(atoi(argv[2]));
  std::unique_ptr<Recogniser> recogniser(new Recogniser());
  TickClock clock;
  uint8_t* memory = static_cast<uint8_t*>(malloc(20000));
  recogniser->begin(memory, 20000, &clock);
  const Bytes good = vectors(argv[1], *recogniser);
  if (good.empty()) return check::result();
  hostileImages(good, *recogniser, rounds);
  hostileCbor(rounds * 4);
  hostileHost(good, rounds);
  free(memory);
  for (void* each : allocated) free(each);
  return check::result();
}
