// The model slots on strict flash: deploy, commit, start, rollback and erase, with the power failing at and
// inside every flash operation, on the flash of every board and on two odd ones. After each cut, the model
// that runs must be the one from before the step or, where the step changes it, the one from after it, whole.
#include "slot_bench.h"

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
  int steps[12];
  int count;
};
static const Script kScripts[] = {
    {{kBegin, kWrite, kCheck, kCommit, kStart, kGood, kKeep, kRollback}, 8},
    {{kBegin, kWrite, kCheck, kCommit, kStart, kGood, kKeep, kEraseIdle}, 8},
    {{kBegin, kWrite, kBegin, kWrite, kCheck, kCommit, kEraseActive}, 7},
    {{kStart, kGood, kKeep, kKeep, kEraseIdle, kBegin, kWrite, kCheck, kCommit}, 9},
    // A model that crashes the board twice, and the next one.
    {{kBegin, kWrite, kCheck, kCommit, kStart, kRestart, kStart, kRestart, kBegin, kWrite, kCheck, kCommit},
     12},
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
          script.steps[step] == kGood || script.steps[step] == kKeep);
  }
  const bool cut = !bench.flash.powered();
  if (!cut) bench.flash.restorePower();
  bench.restart();
  const int after = bench.running();
  CHECK(bench.flash.breaches() == 0);
  CHECK(bench.kept() == 0 || bench.kept() == after);
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
  if (step == 6 && script.steps[step] == kStart && before == 9)
    right = right || after == (history == 0 ? 0 : 1);
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

/** A memo comes back after a restart, is replaced, and goes with its image; an image that lay there earlier,
 * made up to look like one, is not taken for it. */
static void memos() {
  for (const Geometry& geometry : kGeometries) {
    Bench bench(geometry);
    CHECK(!bench.keep() && bench.store.memo().data == nullptr);
    CHECK(bench.deploy(makeImage(1600, 1)));
    const bool room = bench.store.memo().data != nullptr;
    CHECK(room == (2 * geometry.eraseUnit + 1600 <= geometry.slotBytes));
    CHECK(bench.keep() == room && bench.kept() == (room ? 1 : 0));
    bench.restart();
    CHECK(bench.keep() == room && bench.kept() == (room ? 1 : 0) && bench.running() == 1);
    CHECK(bench.deploy(makeImage(1600, 2)) && bench.kept() == 0);
    CHECK(bench.store.rollback() == Result::kOk && bench.kept() == (room ? 1 : 0));
    // Where a short image's memo would lie, a longer one says what a memo says.
    CHECK(bench.store.eraseSlot(0) == Result::kOk && bench.store.eraseSlot(1) == Result::kOk);
    if (!room) continue;
    const uint32_t at = geometry.eraseUnit;
    Bytes forged = makeImage((at + 1500 + 15) & ~15u, 3);
    if (forged.size() > bench.store.most()) continue;
    const Bytes body = makeMemo(4);
    const MemoHead head = {0x12345678u, 4,
                           dormouse::wire::crc32(body.data(), static_cast<uint32_t>(body.size()))};
    memcpy(forged.data() + at, &head, sizeof head);
    memcpy(forged.data() + at + bench.store.memoBody(sizeof head), body.data(), body.size());
    CHECK(bench.deploy(forged));
    CHECK(bench.store.eraseSlot(1) == Result::kOk);
    bench.restart();
    const uint32_t slot = static_cast<uint32_t>(bench.store.active());
    CHECK(slot == 0);
    CHECK(bench.deploy(makeImage(1600, 5)) && bench.deploy(makeImage(1600, 4)));
    CHECK(bench.store.active() == 0 && bench.running() == 4 && bench.kept() == 0);
    // Nor may bytes be sent that lie behind the end that the image's header names.
    Bytes longer = makeImage(2048, 6);
    dormouse::wire::store32(longer.data() + 8, 1600);
    CHECK(bench.begin(longer) && bench.write(longer) && bench.store.check() == Result::kOk);
    CHECK(bench.store.commit() == Result::kDamaged && bench.running() == 4);
    CHECK(bench.flash.breaches() == 0);
  }
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
  memos();
  powerCuts(scale);
  return check::result();
}
