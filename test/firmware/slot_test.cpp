// The model slots on strict flash: deploy, commit, start, rollback and erase, with the power failing at and
// inside every flash operation, on the flash of every board and on two odd ones. After each cut, the model
// that runs must be the one from before the step or, where the step changes it, the one from after it, whole.
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
    {"stm32h747", 32, 131072, 131072, 3},    {"odd: 8 of 1024", 8, 1024, 4096, 32},
    {"odd: 16 of 2048", 16, 2048, 4096, 32},
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

struct Bench {
  Geometry geometry;
  Bytes memory, used;
  SimFlash flash;
  alignas(4) uint8_t staging[Store::kStaging];
  Store store;

  explicit Bench(const Geometry& g)
      : geometry(g), memory(2 * g.slotBytes), used(2 * g.slotBytes / g.writeUnit) {
    flash.begin(memory.data(), used.data(), g.writeUnit, g.eraseUnit, g.slotBytes);
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

enum Step { kBegin, kWrite, kCheck, kCommit, kStart, kGood, kRollback, kEraseIdle, kEraseActive, kSteps };

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
    case kRollback:
      return store.rollback() == Result::kOk;
    case kEraseIdle:
      return store.eraseSlot(idle) == Result::kOk;
    default:
      return store.eraseSlot(static_cast<uint32_t>(store.active())) == Result::kOk;
  }
}

/** The histories from which a deploy starts. All leave model 1 running, except the first, which leaves none.
 */
static void prepare(Bench& bench, int history) {
  const Bytes& first = makeImage(1600, 1);
  const Bytes& second = makeImage(1040, 2);
  switch (history) {
    case 0:
      return;
    case 1:
      CHECK(bench.deploy(first));
      return bench.prove();
    case 2:  // an older one beside it
      CHECK(bench.deploy(second));
      bench.prove();
      CHECK(bench.deploy(first));
      return bench.prove();
    case 3:  // a newer one beside it that was rolled back: its sequence is higher
      CHECK(bench.deploy(first));
      bench.prove();
      CHECK(bench.deploy(second));
      CHECK(bench.store.rollback() == Result::kOk);
      return;
    case 4:  // a newer one that crashed twice
      CHECK(bench.deploy(first));
      bench.prove();
      CHECK(bench.deploy(second));
      for (int i = 0; i < 2; i++) {
        CHECK(bench.store.markStart() == Result::kOk);
        bench.restart();
      }
      return;
    default:  // started once, never proven
      CHECK(bench.deploy(first));
      CHECK(bench.store.markStart() == Result::kOk);
      bench.restart();
  }
}

struct Script {
  int steps[8];
  int count;
};
static const Script kScripts[] = {
    {{kBegin, kWrite, kCheck, kCommit, kStart, kGood, kRollback}, 7},
    {{kBegin, kWrite, kCheck, kCommit, kStart, kGood, kEraseIdle}, 7},
    {{kBegin, kWrite, kBegin, kWrite, kCheck, kCommit, kEraseActive}, 7},
    {{kStart, kGood, kEraseIdle, kBegin, kWrite, kCheck, kCommit}, 7},
};

static uint32_t cuts = 0;

/** Runs the script with the power failing inside operation `cutAt`. False once the script ends before that.
 */
static bool cutOnce(const Geometry& geometry, int history, const Script& script, uint32_t cutAt,
                    uint32_t tear, const Bytes& image) {
  Bench bench(geometry);
  prepare(bench, history);
  CHECK(bench.running() == (history == 0 ? 0 : 1));
  bench.flash.cutAfter(cutAt, tear);
  int before = bench.running();
  int step = 0;
  for (; step < script.count; step++) {
    before = bench.running();
    const bool done = perform(bench, script.steps[step], image);
    if (!bench.flash.powered()) break;
    CHECK(done || script.steps[step] == kRollback || script.steps[step] == kStart ||
          script.steps[step] == kGood);
  }
  const bool cut = !bench.flash.powered();
  if (!cut) bench.flash.restorePower();
  bench.restart();
  const int after = bench.running();
  CHECK(bench.flash.breaches() == 0);
  if (!cut) return false;
  cuts++;
  bool right = after == before;
  // What a step may change: commit makes image 9 run, rollback and erase of the active one bring back
  // another.
  if (script.steps[step] == kCommit) right = right || after == 9;
  if (script.steps[step] == kRollback) right = right || (after == 1 && before == 9);
  if (script.steps[step] == kEraseActive) right = right || after == 0 || after == 1;
  // Two starts without a proof, one of them cut short while it was marked, leave the other model.
  if (history == 5 && (script.steps[step] == kStart || script.steps[step] == kGood) && before == 1)
    right = right || after == 0;
  CHECK(right);
  // Whatever was left, the next deploy goes through and is the one that runs.
  if (!bench.deploy(makeImage(1200, 5))) check::fail(geometry.name, step, "the next deploy failed");
  bench.restart();
  CHECK(bench.running() == 5);
  CHECK(bench.flash.breaches() == 0);
  return true;
}

static void powerCuts(uint32_t scale) {
  for (const Geometry& geometry : kGeometries) {
    const uint32_t before = cuts;
    const Bytes& image = makeImage(1536, 9);
    for (int history = 0; history < 6; history++) {
      for (const Script& script : kScripts) {
        bool more = true;
        for (uint32_t cutAt = 0; more; cutAt++) {
          for (uint32_t tear = 0; more && tear < geometry.tears * scale; tear++)
            more = cutOnce(geometry, history, script, cutAt,
                           tear * (geometry.tears < 32 ? 7 : 1) + (geometry.tears < 32 ? cutAt : 0), image);
        }
      }
    }
    printf("power cuts on %s: %u\n", geometry.name, cuts - before);
  }
  printf("power cuts survived: %u\n", cuts);
}

static void wholeSlot() {
  for (const Geometry& geometry : kGeometries) {
    Bench bench(geometry);
    const uint32_t most = bench.store.most();
    CHECK(most == geometry.slotBytes - 8 * geometry.writeUnit);
    CHECK(bench.store.beginImage(most + 16, 0) == Result::kTooLarge);
    CHECK(bench.store.beginImage(16, 0) == Result::kTooLarge);
    CHECK(bench.deploy(makeImage(most & ~15u, 3)));
    CHECK(bench.running() == 3 && bench.store.active() == 0);
    CHECK(bench.deploy(makeImage(most & ~15u, 4)));
    CHECK(bench.running() == 4 && bench.store.active() == 1);
    bench.restart();
    CHECK(bench.running() == 4 && bench.store.info(0).state == State::kValid);
    CHECK(bench.store.info(1).sequence == 2);
  }
}

static void refusals() {
  Bench bench(kGeometries[0]);
  Store& store = bench.store;
  const Bytes& image = makeImage(2048, 6);
  CHECK(store.write(0, image.data(), 4) == Result::kNotNow);
  CHECK(store.check() == Result::kNotNow && store.commit() == Result::kNotNow);
  CHECK(store.rollback() == Result::kNotNow && store.markStart() == Result::kNotNow);
  CHECK(bench.begin(image));
  CHECK(store.commit() == Result::kNotNow);
  CHECK(store.write(0, image.data(), 1000) == Result::kOk && store.wanted() == 1000);
  // A piece that comes twice, and one that comes too early, change nothing.
  CHECK(store.write(0, image.data(), 1000) == Result::kOk && store.wanted() == 1000);
  CHECK(store.write(1500, image.data(), 4) == Result::kOk && store.wanted() == 1000);
  CHECK(store.write(1000, image.data(), 1049) == Result::kTooLarge);
  Bytes wrong = image;
  wrong[1500] ^= 4;
  CHECK(store.write(1000, wrong.data() + 1000, 1048) == Result::kOk);
  CHECK(store.check() == Result::kDamaged && store.commit() == Result::kDamaged);
  bench.restart();
  CHECK(bench.running() == 0 && store.info(0).state == State::kWriting);
  CHECK(bench.flash.breaches() == 0);
}

static void crashes() {
  Bench bench(kGeometries[0]);
  CHECK(bench.deploy(makeImage(1600, 1)));
  bench.prove();
  for (int i = 0; i < 50; i++) {  // a proven model may be started for ever
    bench.restart();
    CHECK(bench.store.markStart() == Result::kOk && bench.running() == 1);
  }
  CHECK(bench.deploy(makeImage(1600, 2)));
  for (int i = 0; i < 2; i++) {
    CHECK(bench.running() == 2);
    CHECK(bench.store.markStart() == Result::kOk);
    bench.restart();  // it crashed before its first inference came back
  }
  CHECK(bench.running() == 1);
  CHECK(bench.store.info(1).state == State::kFailed);
  bench.restart();
  CHECK(bench.running() == 1);
  CHECK(bench.store.rollback() == Result::kNotNow);
  // A flipped bit in the model that runs brings back nothing worse than the other one.
  CHECK(bench.deploy(makeImage(1600, 3)));
  bench.memory[static_cast<uint32_t>(bench.store.active()) * bench.geometry.slotBytes + 700] ^= 1;
  bench.restart();
  CHECK(bench.running() == 1);
}

int main(int argc, char** argv) {
  const uint32_t scale = argc > 1 ? static_cast<uint32_t>(atoi(argv[1])) : 1;
  wholeSlot();
  refusals();
  crashes();
  powerCuts(scale);
  return check::result();
}
