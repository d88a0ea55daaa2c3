// Feeds damaged .tflite files to the loader and runs what it accepts, under the sanitizers. Prints how many
// were loaded, refused and run. Usage: nn_fuzz SEED ROUNDS FILE...
#include <sanitizer/asan_interface.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vector>

#include "nn/nn.h"

using namespace dormouse;

namespace {
struct Numbers {
  uint64_t state;
  uint32_t next() {
    state = state * 6364136223846793005ull + 1442695040888963407ull;
    return static_cast<uint32_t>(state >> 33);
  }
  uint32_t below(uint32_t n) { return next() % n; }
};

typedef std::vector<uint8_t> Bytes;

Bytes readFile(const char* path) {
  Bytes bytes;
  FILE* const file = fopen(path, "rb");
  if (file == nullptr) {
    fprintf(stderr, "cannot read %s\n", path);
    exit(2);
  }
  uint8_t block[65536];
  size_t n = 0;
  while ((n = fread(block, 1, sizeof block, file)) != 0) bytes.insert(bytes.end(), block, block + n);
  fclose(file);
  return bytes;
}

// Most of a model is weights; damage to its structure is what matters, and that lies at either end.
uint32_t somewhere(Numbers& numbers, uint32_t size) {
  const uint32_t edge = size < 6000 ? size : 6000;
  switch (numbers.below(4)) {
    case 0:
      return numbers.below(size);
    case 1:
      return numbers.below(edge);
    default:
      return size - 1 - numbers.below(edge);
  }
}

void damage(Numbers& numbers, Bytes& bytes) {
  static const uint32_t kWords[] = {0,     1,      2,       4,          0x7F,       0x80,       0xFF,
                                    0x100, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x7F800000};
  const uint32_t changes = 1 + numbers.below(6);
  for (uint32_t i = 0; i < changes && !bytes.empty(); i++) {
    const uint32_t size = static_cast<uint32_t>(bytes.size());
    const uint32_t at = somewhere(numbers, size);
    switch (numbers.below(8)) {
      case 0:
        bytes[at] = static_cast<uint8_t>(numbers.next());
        break;
      case 1:
        bytes[at] = static_cast<uint8_t>(bytes[at] ^ (1u << numbers.below(8)));
        break;
      case 2:
        bytes[at] = static_cast<uint8_t>(bytes[at] + 1);
        break;
      case 3:
        bytes[at] = static_cast<uint8_t>(bytes[at] - 1);
        break;
      case 4: {
        const uint32_t word = kWords[numbers.below(sizeof kWords / sizeof kWords[0])];
        const uint32_t place = at & ~3u;
        if (place + 4 <= size) memcpy(&bytes[place], &word, 4);
        break;
      }
      case 5: {
        // An offset that leads elsewhere in the file.
        const uint32_t word = numbers.below(size);
        const uint32_t place = at & ~3u;
        if (place + 4 <= size) memcpy(&bytes[place], &word, 4);
        break;
      }
      case 6: {
        const uint32_t from = somewhere(numbers, size);
        const uint32_t n = 1 + numbers.below(16);
        for (uint32_t k = 0; k < n && at + k < size && from + k < size; k++) bytes[at + k] = bytes[from + k];
        break;
      }
      default:
        if (numbers.below(8) == 0) bytes.resize(1 + numbers.below(size));
        break;
    }
  }
  // The first check is not worth half of the rounds.
  if (bytes.size() >= 8 && numbers.below(50) != 0) memcpy(&bytes[4], "TFL3", 4);
}

// The file that brought a fault to light, to look at: DORMOUSE_FUZZ_KEEP names where.
void keep(const Bytes& bytes) {
  const char* const path = getenv("DORMOUSE_FUZZ_KEEP");
  FILE* const file = path == nullptr ? nullptr : fopen(path, "wb");
  if (file == nullptr) return;
  fwrite(bytes.data(), 1, bytes.size(), file);
  fclose(file);
}

struct Counts {
  uint32_t loaded, refused, ran, tight;
};

// Buffers of exactly the promised sizes, so that the sanitizer sees the first byte beyond.
void tryModel(Numbers& numbers, const Bytes& bytes, Counts& counts) {
  const uint32_t length = static_cast<uint32_t>(bytes.size());
  const uint32_t room = length / 16 * 16 + 16;
  uint8_t* const file = static_cast<uint8_t*>(aligned_alloc(16, room));
  if (length != 0) memcpy(file, bytes.data(), length);
  // The sanitizer shall see the very first byte beyond the file.
  __asan_poison_memory_region(file + length, room - length);
  const uint32_t workBytes = nn::Model::workBytes(length);
  void* const work = aligned_alloc(16, workBytes);
  uint32_t arena = 0;
  uint32_t persistent = 0;
  if (nn::Model::required(file, length, work, workBytes, &arena, &persistent) == nn::Status::kOk) {
    nn::Model model;
    void* const memory = aligned_alloc(16, arena + persistent);
    if (model.load(file, length, memory, arena + persistent) != nn::Status::kOk) {
      fprintf(stderr, "required() said yes and load() no: %s\n", model.text());
      keep(bytes);
      exit(1);
    }
    counts.loaded++;
    for (uint32_t i = 0; i < model.inputs(); i++) {
      const nn::TensorView view = model.input(i);
      for (uint32_t k = 0; k < view.bytes; k++)
        static_cast<uint8_t*>(view.data)[k] = static_cast<uint8_t>(numbers.next());
    }
    if (model.macs() < 300000u && arena < 1u << 20) {
      if (model.invoke() != nn::Status::kOk) exit(1);
      counts.ran++;
      uint32_t sum = 0;
      for (uint32_t i = 0; i < model.outputs(); i++) {
        const nn::TensorView view = model.output(i);
        for (uint32_t k = 0; k < view.bytes; k++) sum += static_cast<const uint8_t*>(view.data)[k];
        sum += static_cast<uint32_t>(strlen(view.name));
      }
      if (sum == 0xFFFFFFFFu) puts("");
    }
    // Less memory than needed is refused, not overrun.
    const uint32_t less = numbers.below(arena + persistent) & ~15u;
    void* const tight = aligned_alloc(16, less == 0 ? 16 : less);
    nn::Model other;
    if (other.load(file, length, tight, less) == nn::Status::kOutOfMemory) counts.tight++;
    free(tight);
    free(memory);
  } else {
    counts.refused++;
    if (nn::Model::requiredText()[0] == 0) {
      fprintf(stderr, "refused without a word\n");
      exit(1);
    }
  }
  free(work);
  __asan_unpoison_memory_region(file, room);
  free(file);
}
}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  Numbers numbers = {strtoull(argv[1], nullptr, 10)};
  const uint32_t rounds = static_cast<uint32_t>(strtoul(argv[2], nullptr, 10));
  std::vector<Bytes> models;
  for (int i = 3; i < argc; i++) models.push_back(readFile(argv[i]));
  Counts counts = {0, 0, 0, 0};
  for (uint32_t i = 0; i < rounds; i++) {
    Bytes bytes = models[i % models.size()];
    if (i >= models.size()) damage(numbers, bytes);
    tryModel(numbers, bytes, counts);
  }
  printf("%u loaded, %u refused, %u run, %u without enough memory\n", counts.loaded, counts.refused,
         counts.ran, counts.tight);
  return 0;
}
