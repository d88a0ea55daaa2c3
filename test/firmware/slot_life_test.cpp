// Long lives of the model slots: thousands of steps in any order on one flash, the power failing inside any
// operation, the board restarting, models crashing; and how the erases spread over both slots.
#include "slot_bench.h"

static uint32_t cuts = 0;
static uint32_t memos = 0;  // found after a step

/** Which image stands in the slot that is not active and could run; 0 = none. */
static int standby(Bench& bench) {
  if (bench.store.active() < 0) return 0;
  const uint32_t idle = bench.store.active() == 0 ? 1 : 0;
  if (bench.store.info(idle).state != State::kValid) return 0;
  return static_cast<int>(dormouse::wire::load32(bench.store.memory(idle) + 12));
}

/** Whether the model that runs is at its last start without a proof before `step`, by what stands in its
 * trailer: START1 where START2 would be next, both where it was started and restarts. */
static bool atLastStart(Bench& bench, int step) {
  if (bench.store.active() < 0) return false;
  const uint32_t slot = static_cast<uint32_t>(bench.store.active());
  const uint32_t unit = step == kRestart ? 7 : 8;
  const uint8_t* mark = bench.store.memory(slot) + bench.geometry.slotBytes - unit * bench.geometry.writeUnit;
  return dormouse::wire::load32(mark) != 0xffffffffu;
}

/** Whether `after` may run once `step` was cut short, or done: what ran before it, or what the step is for.
 */
static bool allowed(int step, int after, int before, int other, int fresh, bool lastStart) {
  if (after == before) return true;
  if (step == kCommit) return after == fresh;
  if (step == kRollback || step == kEraseActive) return after == other;
  // A model that was started twice without a proof is not started again.
  return (step == kStart || step == kGood || step == kRestart) && lastStart && after == other;
}

static const int kOrder[] = {kBegin, kWrite, kCheck, kCommit, kStart, kGood, kKeep};

/** The next step of a board's life: mostly the next of a deploy, now and then anything; but a start is
 * followed by its proof or by a crash. */
static int nextStep(check::Random& random, int* at, int last) {
  if (last == kStart) return random.below(3) == 0 ? kRestart : kGood;
  if (random.below(6) == 0) return static_cast<int>(random.below(kSteps));
  const int step = kOrder[*at];
  *at = (*at + 1) % 7;
  return step;
}

static void live(const Geometry& geometry, uint32_t seed, uint32_t wantedCuts) {
  Bench bench(geometry);
  check::Random random(seed);
  uint32_t survived = 0;
  int at = 0;
  int fresh = 1;  // the image that is written next
  int begun = 0;  // the one that a commit is about
  int last = kRestart;
  while (survived < wantedCuts) {
    if (at == 0) fresh = 1 + static_cast<int>(random.below(40));
    const Bytes& image = makeImage(1040 + 16 * static_cast<uint32_t>(fresh), static_cast<uint32_t>(fresh));
    if (random.below(4) == 0) bench.flash.cutAfter(random.below(8), random.next());
    const int step = nextStep(random, &at, last);
    last = step;
    const int before = bench.running();
    const int other = standby(bench);
    if (step == kBegin) begun = fresh;
    const bool lastStart = atLastStart(bench, step);
    perform(bench, step, image);
    const bool cut = !bench.flash.powered();
    bench.flash.restorePower();
    if (cut) {
      bench.restart();
      survived++;
      at = 0;
      last = kRestart;
    }
    const int after = bench.running();
    CHECK(after >= 0);
    // A memo is found whole or not at all, and never beside another model than its own.
    const int kept = bench.kept();
    CHECK(kept == 0 || kept == after);
    memos += kept != 0;
    if (!allowed(step, after, before, other, begun, lastStart)) {
      printf("%s, seed %u, cut %u: step %d made %d of %d (other %d, new %d)\n", geometry.name, seed, survived,
             step, after, before, other, begun);
      CHECK(false);
      return;
    }
  }
  CHECK(bench.flash.breaches() == 0);
  cuts += survived;
}

/** The most that two erase units which hold images were erased more often than each other. */
static uint32_t unevenness(Bench& bench, uint32_t bytes) {
  uint32_t least = UINT32_MAX, most = 0;
  for (uint32_t slot = 0; slot < 2; slot++) {
    for (uint32_t offset = 0; offset < bytes; offset += bench.geometry.eraseUnit) {
      const uint32_t count = bench.flash.erases(slot * bench.geometry.slotBytes + offset);
      if (count < least) least = count;
      if (count > most) most = count;
    }
  }
  return most - least;
}

static void wear() {
  for (const Geometry& geometry : kGeometries) {
    Bench bench(geometry);
    check::Random random(7);
    const uint32_t bytes = bench.store.most() & ~15u;
    // Models that come to run, with restarts between them.
    for (uint32_t i = 0; i < 40; i++) {
      CHECK(bench.deploy(makeImage(bytes, 1 + i % 3)));
      if (random.below(2) == 0) bench.restart();
      if (random.below(4) != 0) bench.prove();
      CHECK(unevenness(bench, bytes) <= 1);
    }
    // Models that crash, with nothing that could run instead of them.
    Bench crashing(geometry);
    for (uint32_t i = 0; i < 40; i++) {
      CHECK(crashing.deploy(makeImage(bytes, 1 + i % 3)));
      for (int start = 0; start < 2; start++) {
        CHECK(crashing.store.markStart() == Result::kOk);
        crashing.restart();
      }
      CHECK(crashing.running() == 0);
      CHECK(unevenness(crashing, bytes) <= 1);
    }
    CHECK(bench.flash.breaches() == 0 && crashing.flash.breaches() == 0);
  }
}

/** What the flash of these tests refuses, or they would prove nothing. */
static void strictness() {
  Bench bench(kGeometries[0]);
  SimFlash& flash = bench.flash;
  alignas(4) uint8_t bytes[16] = {1, 2, 3, 4};
  CHECK(!flash.erase(4) && !flash.erase(2 * bench.geometry.slotBytes));
  CHECK(!flash.program(2, bytes, 4) && !flash.program(0, bytes, 6) && !flash.program(0, bytes, 0));
  CHECK(!flash.program(0, bytes + 1, 4) && !flash.program(2 * bench.geometry.slotBytes, bytes, 4));
  CHECK(!flash.program(0, flash.memory() + 64, 4));
  CHECK(flash.breaches() == 8 && flash.operations() == 0);
  CHECK(flash.program(0, bytes, 8) && flash.memory()[1] == 2);
  CHECK(!flash.program(4, bytes, 4));
  CHECK(flash.erases(0) == 0 && flash.erase(0) && flash.erases(0) == 1 && flash.program(4, bytes, 4));
  flash.cutAfter(0, 2);
  CHECK(!flash.erase(4096) && !flash.powered() && !flash.program(8, bytes, 4) && flash.erases(4096) == 1);
  flash.restorePower();
  CHECK(!flash.program(4096, bytes, 4) && flash.erase(4096) && flash.program(4096, bytes, 4));
}

int main(int argc, char** argv) {
  const uint32_t scale = argc > 1 ? static_cast<uint32_t>(atoi(argv[1])) : 1;
  strictness();
  wear();
  for (const Geometry& geometry : kGeometries) {
    const uint32_t wanted = geometry.eraseUnit > 65536 ? 150 : 1500;
    for (uint32_t seed = 0; seed < 4; seed++) live(geometry, seed, scale * wanted / 4);
  }
  CHECK(memos > 1000);
  printf("power cuts survived in long lives: %u\n", cuts);
  return check::result();
}
