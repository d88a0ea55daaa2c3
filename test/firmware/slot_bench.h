// The model slots on the flash of every board and on two odd ones, for tests: images that tell which they
// are, and the steps of a store's life.
#ifndef DORMOUSE_TEST_SLOT_BENCH_H
#define DORMOUSE_TEST_SLOT_BENCH_H

#include <stdlib.h>
#include <string.h>

#include <map>
#include <vector>

#include "board/sim_flash.h"
#include "check.h"
#include "slot/store.h"
#include "wire/bytes.h"
#include "wire/crc32.h"

using dormouse::sim::SimFlash;
using dormouse::slot::Result;
using dormouse::slot::State;
using dormouse::slot::Store;
typedef std::vector<uint8_t> Bytes;

struct Geometry {
  const char* name;
  uint32_t writeUnit, eraseUnit, slotBytes;
  uint32_t tears;  // how many ways each cut is torn: fewer where an erase unit is large
};

static const Geometry kGeometries[] = {
    {"nrf52840, esp32", 4, 4096, 16384, 32}, {"rp2040", 256, 4096, 16384, 32},
    {"stm32h747", 32, 131072, 131072, 3},    {"stm32h747, two units in a slot", 32, 131072, 262144, 3},
    {"odd: 8 of 2048", 8, 2048, 8192, 32},   {"odd: 16 of 16384", 16, 16384, 16384, 8},
};

/** An image as the store sees one: magic, length, and bytes that tell which it is. */
static const Bytes& makeImage(uint32_t bytes, uint32_t id) {
  static std::map<uint64_t, Bytes> made;
  Bytes& image = made[(static_cast<uint64_t>(bytes) << 32) | id];
  if (!image.empty()) return image;
  image.resize(bytes);
  check::Random random(id + 1);
  for (uint8_t& value : image) value = random.byte();
  memcpy(image.data(), "DMOU", 4);
  dormouse::wire::store32(image.data() + 8, bytes);
  dormouse::wire::store32(image.data() + 12, id);
  return image;
}

/** What a model's user keeps beside it: which model it is of, and a body that follows from that. */
static Bytes makeMemo(uint32_t id) {
  Bytes body(1100);
  check::Random random(id + 77);
  for (uint8_t& value : body) value = random.byte();
  return body;
}

struct MemoHead {
  uint32_t magic, id, crc;
};

struct Bench {
  Geometry geometry;
  Bytes memory, used;
  std::vector<uint32_t> erases;
  SimFlash flash;
  alignas(4) uint8_t staging[Store::kStaging];
  Store store;

  explicit Bench(const Geometry& g)
      : geometry(g),
        memory(2 * g.slotBytes),
        used(2 * g.slotBytes / g.writeUnit),
        erases(2 * g.slotBytes / g.eraseUnit) {
    flash.begin(memory.data(), used.data(), erases.data(), g.writeUnit, g.eraseUnit, g.slotBytes);
    restart();
  }
  void restart() {
    flash.restorePower();
    store.begin(&flash, staging);
  }
  /** Which image runs; 0 = none; -1 = one that is not whole. */
  int running() {
    if (store.active() < 0) return 0;
    const uint32_t slot = static_cast<uint32_t>(store.active());
    const uint8_t* bytes = store.memory(slot);
    const uint32_t id = dormouse::wire::load32(bytes + 12);
    const Bytes& whole = makeImage(store.info(slot).bytes, id);
    return memcmp(bytes, whole.data(), whole.size()) == 0 ? static_cast<int>(id) : -1;
  }
  bool keep() {
    const Bytes body = makeMemo(static_cast<uint32_t>(running()));
    const uint32_t bytes = static_cast<uint32_t>(body.size());
    const MemoHead head = {0x12345678u, static_cast<uint32_t>(running()),
                           dormouse::wire::crc32(body.data(), bytes)};
    return store.keep(reinterpret_cast<const uint8_t*>(&head), sizeof head, body.data(), bytes) ==
           Result::kOk;
  }
  /** Which model the memo that is found is of; 0 = there is none that is whole. */
  int kept() {
    const dormouse::slot::Memo memo = store.memo();
    const uint32_t at = store.memoBody(sizeof(MemoHead));
    MemoHead head;
    if (memo.data == nullptr || memo.bytes < at) return 0;
    memcpy(&head, memo.data, sizeof head);
    const uint32_t bytes = static_cast<uint32_t>(makeMemo(head.id).size());
    if (head.magic != 0x12345678u || memo.bytes - at < bytes) return 0;
    return head.crc == dormouse::wire::crc32(memo.data + at, bytes) ? static_cast<int>(head.id) : 0;
  }
  bool write(const Bytes& image) {
    for (uint32_t at = 0; at < image.size();) {
      uint32_t piece = static_cast<uint32_t>(image.size()) - at;
      if (piece > 1012) piece = 1012;
      if (store.write(at, image.data() + at, piece) != Result::kOk) return false;
      at += piece;
    }
    return true;
  }
  bool begin(const Bytes& image) {
    const uint32_t bytes = static_cast<uint32_t>(image.size());
    return store.beginImage(bytes, dormouse::wire::crc32(image.data(), bytes)) == Result::kOk;
  }
  bool deploy(const Bytes& image) {
    return begin(image) && write(image) && store.check() == Result::kOk && store.commit() == Result::kOk;
  }
  void prove() {
    CHECK(store.markStart() == Result::kOk);
    CHECK(store.markGood() == Result::kOk);
  }
};

enum Step {
  kBegin,
  kWrite,
  kCheck,
  kCommit,
  kStart,
  kGood,
  kKeep,
  kRollback,
  kEraseIdle,
  kEraseActive,
  kRestart,
  kSteps
};

static bool perform(Bench& bench, int step, const Bytes& image) {
  Store& store = bench.store;
  const uint32_t idle = store.active() == 0 ? 1 : 0;
  switch (step) {
    case kBegin:
      return bench.begin(image);
    case kWrite:
      return bench.write(image);
    case kCheck:
      return store.check() == Result::kOk;
    case kCommit:
      return store.commit() == Result::kOk;
    case kStart:
      return store.markStart() == Result::kOk;
    case kGood:
      return store.markGood() == Result::kOk;
    case kKeep:
      return bench.keep();
    case kRollback:
      return store.rollback() == Result::kOk;
    case kEraseIdle:
      return store.eraseSlot(idle) == Result::kOk;
    case kRestart:
      bench.store.begin(&bench.flash, bench.staging);
      return true;
    default:
      return store.active() >= 0 && store.eraseSlot(static_cast<uint32_t>(store.active())) == Result::kOk;
  }
}

#endif
