#include "snapshot.h"

#include "graph.h"
#include "kernels/gemm_forms.h"

namespace dormouse {
namespace nn {

namespace {
const uint32_t kMagic = 0x314b4157;  // "WAK1"
const uint32_t kFactor = 0x9e3779b1;

constexpr uint32_t hashOf(const char* text, uint32_t hash) {
  return *text == 0
             ? hash
             : hashOf(text + 1, (hash ^ static_cast<uint32_t>(static_cast<uint8_t>(*text))) * 16777619u);
}

uint32_t folded(const void* address) {
  const uint64_t value = reinterpret_cast<uintptr_t>(address);
  return static_cast<uint32_t>(value ^ (value >> 32));
}

inline uint32_t turned(uint32_t value, uint32_t bits) { return (value >> bits) | (value << (32 - bits)); }

// Two sums: a product that carries upwards, and a rotating one of all its states, so that neither a changed
// word, nor one that moved, nor bits lost in several words at once go unseen.
struct Sums {
  uint32_t product;
  uint32_t rotating;
  void add(uint32_t word) {
    product = (product ^ word) * kFactor;
    rotating = turned(rotating, 11) + product;
  }
};
}  // namespace

uint32_t programIdentity(uint32_t build) {
  const uint32_t compiler = hashOf(__VERSION__, 2166136261u);
  const uint32_t sizes = static_cast<uint32_t>(sizeof(internal::Graph) | sizeof(Tensor) << 8 |
                                               sizeof(Node) << 16 | sizeof(Gemm) << 24);
  uint32_t hash = (build ^ sizes) * kFactor;
  const Operation* const* const end = operationsEnd();
  for (const Operation* const* at = operationsBegin(); at != end; at++) {
    const Operation& operation = **at;
    // Code has addresses too.
    const uint32_t prepare = static_cast<uint32_t>(reinterpret_cast<uintptr_t>(operation.prepare));
    const uint32_t run = static_cast<uint32_t>(reinterpret_cast<uintptr_t>(operation.run));
    hash = (turned(hash, 7) + folded(&operation) + turned(prepare, 11) + turned(run, 22)) * kFactor;
  }
  return hash ^ compiler;
}

SnapshotHead headFor(const void* file, uint32_t fileBytes, const void* memory, uint32_t build) {
  const SnapshotHead head = {kMagic, programIdentity(build), folded(file), fileBytes, folded(memory), 0,
                             {0, 0}};
  return head;
}

void sumSnapshot(const SnapshotHead& head, const uint32_t* bookkeeping, uint32_t* copy, uint32_t sums[2]) {
  Sums all = {0, 0};
  const uint32_t words[] = {head.magic,     head.program, head.file,
                            head.fileBytes, head.memory,  head.persistentBytes};
  for (const uint32_t word : words) all.add(word);
  const uint32_t* const end = bookkeeping + head.persistentBytes / 4;
  if (copy == nullptr) {
    while (bookkeeping != end) all.add(*bookkeeping++);
  } else {
    // It is as long as a multiple of 16 bytes.
    for (; bookkeeping != end; bookkeeping += 4, copy += 4) {
      for (uint32_t i = 0; i < 4; i++) all.add(copy[i] = bookkeeping[i]);
    }
  }
  sums[0] = all.product;
  sums[1] = all.rotating;
}

}  // namespace nn
}  // namespace dormouse
