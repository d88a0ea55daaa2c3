// Recognises from streamed sound on an emulated Cortex-M with the board's own recogniser (front end, model,
// judge), out of a model image, in the memory that a Nano 33 BLE Sense gives to models: prints what a second
// of it took in executed instructions, and the scores.
#include <string.h>

#include "../arm/bare.h"
#include "device/device.h"

using namespace bare;
using namespace dormouse;

extern "C" int memcmp(const void* a, const void* b, size_t bytes) {
  const uint8_t* const x = static_cast<const uint8_t*>(a);
  const uint8_t* const y = static_cast<const uint8_t*>(b);
  for (size_t i = 0; i < bytes; i++) {
    if (x[i] != y[i]) return x[i] - y[i];
  }
  return 0;
}
extern "C" void __cxa_pure_virtual() {}

namespace {
// The job: this, the image padded to 16 bytes, the samples.
struct Job {
  uint32_t imageBytes;
  uint32_t samples;
  uint32_t memoryBytes;
  uint32_t second;  // samples of the part that is counted, at the end
};

class Watch : public device::Clock {
 public:
  uint64_t micros() override { return 0; }
  uint32_t ticks() override { return 0; }
};

__attribute__((section(".arena"), aligned(16))) uint8_t memory[256 * 1024];
device::Recogniser recogniser;
Watch watch;

// A piece as large as the board's loop takes at once, and every result that comes of it.
uint32_t feed(const int16_t* samples, uint32_t count, bool tell) {
  uint32_t results = 0;
  for (uint32_t at = 0; at < count;) {
    const uint32_t left = count - at;
    at += recogniser.pushSound(samples + at, left < 64 ? left : 64);
    if (!recogniser.soundReady()) continue;
    recogniser.fromSound();
    const int16_t label = recogniser.judge().add(recogniser.scores(), recogniser.anomalyRatio());
    results++;
    if (!tell) continue;
    put("result label", static_cast<uint32_t>(label + 2));
    for (uint32_t i = 0; i < recogniser.scoreCount(); i++)
      put("score", static_cast<uint32_t>(recogniser.scores()[i] + 128));
    end();
  }
  return results;
}
}  // namespace

void program() {
  const Job job = *reinterpret_cast<const Job*>(bare::job());
  const uint8_t* const image = bare::job() + sizeof(Job);
  const int16_t* const samples = reinterpret_cast<const int16_t*>(image + ((job.imageBytes + 15u) & ~15u));
  recogniser.begin(memory, job.memoryBytes, &watch);
  if (job.memoryBytes > sizeof memory || !recogniser.load(image, job.imageBytes)) {
    put("refused ");
    put(recogniser.error());
    end();
    return;
  }
  uint32_t left = 0;
  recogniser.spare(&left);
  recogniser.beginSound(1.0f);
  feed(samples, job.samples, true);
  // Once more, without a word, for the count.
  recogniser.judge().reset();
  recogniser.beginSound(1.0f);
  feed(samples, job.samples - job.second, false);
  paintStack();
  const uint32_t before = now();
  const uint32_t results = feed(samples + (job.samples - job.second), job.second, false);
  const uint32_t after = now();
  put("second");
  put("stack", touchedStack());
  put("insns", (before - after) * instructionsPerTick);
  put("results", results);
  put("memory", job.memoryBytes - left);
  put("device", sizeof(device::Device) + device::Device::kWireMemory);
  end();
}
