// Waking a model from what was kept of a load: the same answers, to the bit; and nothing but what this
// program kept of this file at this place in this memory is ever taken. Arguments: .tflite files.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vector>

#include "check.h"
#include "nn/nn.h"

using namespace dormouse::nn;
typedef std::vector<uint8_t> Bytes;

static const uint32_t kMemory = 8u << 20;
static const uint32_t kBuild = 7;

struct Kept {
  alignas(4) uint8_t head[Model::kHeadBytes];
  std::vector<uint32_t> body;
  const uint8_t* bytes() const { return reinterpret_cast<const uint8_t*>(body.data()); }
  uint32_t size() const { return static_cast<uint32_t>(body.size() * 4); }
};

struct Place {
  uint8_t* start;
  Place() : start(static_cast<uint8_t*>(aligned_alloc(16, kMemory))) { fill(); }
  ~Place() { free(start); }
  void fill() { memset(start, 0xa5, kMemory); }
};

static Waking wake(Model& model, const Bytes& file, uint8_t* memory, uint32_t bytes, const Kept& kept,
                   uint32_t build = kBuild) {
  return model.wake(file.data(), static_cast<uint32_t>(file.size()), memory, bytes, kept.head, kept.bytes(),
                    kept.size(), build);
}

/** Some inferences in a row, for models that remember: everything that comes out. */
static Bytes answers(Model& model) {
  check::Random random(5);
  Bytes all;
  for (int turn = 0; turn < 3; turn++) {
    for (uint32_t i = 0; i < model.inputs(); i++) {
      const TensorView view = model.input(i);
      for (uint32_t k = 0; k < view.bytes; k++) static_cast<uint8_t*>(view.data)[k] = random.byte() & 0x3f;
    }
    CHECK(model.invoke() == Status::kOk);
    for (uint32_t i = 0; i < model.outputs(); i++) {
      const TensorView view = model.output(i);
      const uint8_t* const data = static_cast<const uint8_t*>(view.data);
      all.insert(all.end(), data, data + view.bytes);
    }
  }
  return all;
}

static Kept keep(const Model& model) {
  Kept kept;
  model.snapshotHead(kBuild, kept.head);
  kept.body.resize(model.persistentBytes() / 4);
  memcpy(kept.body.data(), model.bookkeeping(), model.persistentBytes());
  return kept;
}

static void tryModel(const char* name, const Bytes& file, Place& place, Place& other) {
  Model model;
  place.fill();
  const uint32_t length = static_cast<uint32_t>(file.size());
  if (model.load(file.data(), length, place.start, kMemory) != Status::kOk) return;
  const uint32_t needed = model.persistentBytes() + model.arenaBytes();
  const Kept kept = keep(model);
  const Bytes right = answers(model);
  // An inference leaves the bookkeeping alone: it may be kept before one or after.
  CHECK(keep(model).body == kept.body);
  place.fill();
  CHECK(wake(model, file, place.start, needed, kept) == Waking::kAwake);
  if (answers(model) != right) check::fail(name, 0, "woken, it answers otherwise");

  CHECK(wake(model, file, place.start, kMemory, kept, kBuild + 1) == Waking::kOutdated);
  CHECK(model.invoke() == Status::kNotLoaded && model.inputs() == 0);
  CHECK(wake(model, file, other.start, kMemory, kept) == Waking::kNothing);
  CHECK(wake(model, file, place.start, needed - 16, kept) == Waking::kNothing);
  const Bytes moved(file);
  CHECK(wake(model, moved, place.start, kMemory, kept) == Waking::kNothing);
  CHECK(model.wake(file.data(), length - 1, place.start, kMemory, kept.head, kept.bytes(), kept.size(),
                   kBuild) == Waking::kNothing);
  CHECK(model.wake(file.data(), length, place.start, kMemory, kept.head, kept.bytes(), kept.size() - 16,
                   kBuild) == Waking::kNothing);
  check::Random random(9);
  for (uint32_t i = 0; i < 200; i++) {
    Kept damaged = kept;
    uint8_t* const body = reinterpret_cast<uint8_t*>(damaged.body.data());
    const uint32_t at = i < Model::kHeadBytes ? i : Model::kHeadBytes + random.below(damaged.size());
    uint8_t* const byte = at < Model::kHeadBytes ? damaged.head + at : body + at - Model::kHeadBytes;
    // One bit, or what a torn write leaves: bits that stayed 1.
    if (i % 2 == 0)
      *byte ^= static_cast<uint8_t>(1u << random.below(8));
    else
      *byte = 0xff;
    if (memcmp(damaged.head, kept.head, sizeof kept.head) == 0 && damaged.body == kept.body) continue;
    const Waking waking = wake(model, file, place.start, kMemory, damaged);
    CHECK(waking == Waking::kNothing);
    CHECK(model.load(file.data(), length, place.start, kMemory) == Status::kOk);
  }
  for (uint32_t i = 0; i < 50; i++) {
    Kept noise = kept;
    for (uint32_t k = 0; k < sizeof noise.head; k++) noise.head[k] = random.byte();
    if (i % 2 == 0) memcpy(noise.head, kept.head, 24);
    CHECK(wake(model, file, place.start, kMemory, noise) == Waking::kNothing);
  }
}

int main(int argc, char** argv) {
  Place place, other;
  for (int i = 1; i < argc; i++) {
    FILE* const stream = fopen(argv[i], "rb");
    if (!stream) return 2;
    uint8_t buffer[4096];
    std::vector<uint8_t> read;
    for (size_t n; (n = fread(buffer, 1, sizeof buffer, stream)) > 0;)
      read.insert(read.end(), buffer, buffer + n);
    fclose(stream);
    // operator new gives 16-aligned memory, which the engine asks for.
    tryModel(argv[i], read, place, other);
  }
  printf("%d models woken\n", argc - 1);
  return check::result();
}
