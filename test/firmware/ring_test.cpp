// The ring of sensor frames: what is kept is in order and whole, what is dropped is counted and seen where it
// was.
#include <string.h>

#include <atomic>
#include <thread>
#include <vector>

#include "capture/ring.h"
#include "check.h"

using dormouse::capture::Ring;

static const uint8_t kAxes = 3;

static void makeFrames(std::vector<int16_t>& frames, uint32_t first, uint32_t count) {
  frames.resize(count * kAxes);
  for (uint32_t i = 0; i < count; i++) {
    for (uint8_t axis = 0; axis < kAxes; axis++)
      frames[i * kAxes + axis] = static_cast<int16_t>(((first + i) * 7 + axis) & 0x7fff);
  }
}

/** Takes at most `most` frames; checks each against its index, and that indices only ever jump forward. */
static uint32_t drain(Ring& ring, uint32_t most, uint32_t* next, uint32_t* skipped) {
  uint32_t got = 0;
  while (got < most) {
    const int16_t* frames;
    uint32_t index;
    uint32_t count = ring.peek(&frames, &index);
    if (count == 0) break;
    if (count > most - got) count = most - got;
    CHECK(index >= *next);
    *skipped += index - *next;
    for (uint32_t i = 0; i < count; i++) {
      for (uint8_t axis = 0; axis < kAxes; axis++)
        CHECK(frames[i * kAxes + axis] == static_cast<int16_t>(((index + i) * 7 + axis) & 0x7fff));
    }
    *next = index + count;
    ring.take(count);
    got += count;
  }
  return got;
}

static void oneThread() {
  check::Random random(3);
  int16_t memory[64 * kAxes];
  Ring ring;
  ring.begin(memory, 64, kAxes);
  std::vector<int16_t> frames;
  uint32_t made = 0, kept = 0, next = 0, skipped = 0, got = 0;
  for (int round = 0; round < 200000; round++) {
    const uint32_t kind = random.below(16);
    if (kind == 0) {
      const uint32_t count = random.below(20);
      made += count;
      ring.lose(count, made * 1000ull);
      CHECK(ring.dropped() == made - kept);
      if (count > 0) CHECK(ring.pushedIndex() == made);
    } else if (kind < 9) {
      const uint32_t count = 1 + random.below(40);
      makeFrames(frames, made, count);
      made += count;
      kept += ring.push(frames.data(), count, made * 1000ull);
      CHECK(ring.dropped() == made - kept);
    } else {
      got += drain(ring, 1 + random.below(50), &next, &skipped);
    }
  }
  got += drain(ring, 1000, &next, &skipped);
  CHECK(got == kept && got > made / 10 && ring.dropped() > made / 10);
  makeFrames(frames, made, 1);
  ring.push(frames.data(), 1, 0);
  got += drain(ring, 1, &next, &skipped);
  CHECK(next == made + 1);
  CHECK(skipped == ring.dropped());
}

static void clockOfFrames() {
  int16_t memory[16 * kAxes];
  Ring ring;
  ring.begin(memory, 16, kAxes);
  std::vector<int16_t> frames;
  makeFrames(frames, 0, 10);
  ring.push(frames.data(), 10, 1000000);
  CHECK(ring.microsAt(9, 100000) == 1000000);
  CHECK(ring.microsAt(0, 100000) == 910000);
  CHECK(ring.microsAt(0, 1) == 0);  // a rate at which it would lie before the start
  makeFrames(frames, 10, 10);
  ring.push(frames.data(), 10, 1100000);  // four are dropped: their time passes all the same
  CHECK(ring.microsAt(10, 100000) == 1010000);
}

static void twoThreads() {
  static int16_t memory[256 * kAxes];
  Ring ring;
  ring.begin(memory, 256, kAxes);
  std::atomic<bool> done(false);
  std::atomic<uint32_t> made(0);
  std::thread producer([&] {
    check::Random random(9);
    std::vector<int16_t> frames;
    uint32_t hurry = 0;  // pushes that do not wait for room, so that both gaps and quiet runs occur
    while (made < 1000000) {
      const uint32_t count = 1 + random.below(32);
      makeFrames(frames, made, count);
      ring.push(frames.data(), count, made);
      made += count;
      if (random.below(300) == 0) {  // the sensor itself loses some
        ring.lose(17, made + 16);
        made += 17;
      }
      if (hurry == 0 && random.below(500) == 0) hurry = 40;
      if (hurry > 0) hurry--;
      while (hurry == 0 && ring.room() < 156) std::this_thread::yield();
    }
    done = true;
  });
  uint32_t next = 0, skipped = 0;
  while (!done || ring.waiting() > 0) {
    if (drain(ring, 64, &next, &skipped) == 0) std::this_thread::yield();
    if (next > 0) CHECK(ring.microsAt(next - 1, 1000000000) <= made + 64ull);
  }
  producer.join();
  CHECK(made - next + skipped == ring.dropped());
  printf("ring frames %u, dropped %u, all seen\n", made.load(), ring.dropped());
}

int main() {
  oneThread();
  clockOfFrames();
  twoThreads();
  return check::result();
}
