// Streams sound through a block on an emulated Cortex-M and prints what it took: instructions of beginning,
// of the samples (frames and rows), of finishing a window, bytes of state and stack, and a hash of the
// features.
#include "../arm/bare.h"
#include "dsp/stream.h"
#include "math/math.h"

using namespace bare;
using namespace dormouse;

namespace {
// Jobs follow each other; the last has no samples. Samples come after each, padded to 4 bytes.
struct Job {
  uint32_t samples;
  uint32_t window;
  uint32_t stride;
  uint32_t kind;
  uint32_t count;
  float rateHz;
  float params[dsp::kMaxParams];
};

__attribute__((section(".arena"), aligned(16))) uint8_t state[1024 * 1024];
float features[65536];
dsp::Stream stream;

const uint8_t* runJob(const Job& job) {
  const int16_t* samples = reinterpret_cast<const int16_t*>(&job + 1);
  dsp::Block block;
  block.kind = static_cast<uint16_t>(job.kind);
  block.count = static_cast<uint16_t>(job.count);
  for (uint32_t i = 0; i < job.count; i++) block.params[i] = job.params[i];
  const dsp::Shape shape = {job.window, 1, job.rateHz, 0};
  uint32_t bytes = 0;
  uint32_t width = 0;
  dsp::Stream::stateBytes(block, shape, job.stride, &bytes);
  dsp::featureCount(block, shape, &width);
  paintStack();
  uint32_t before = now();
  const dsp::Status status = stream.begin(block, shape, job.stride, 1.0f, state, bytes);
  uint32_t after = now();
  if (status != dsp::Status::kOk) {
    put("refused");
  } else {
    put("block");
    put("begin", (before - after) * instructionsPerTick);
    before = now();
    stream.push(samples, job.samples);
    after = now();
    put("push", (before - after) * instructionsPerTick);
    before = now();
    if (stream.ready()) stream.window(features);
    after = now();
    put("window", (before - after) * instructionsPerTick);
    put("stack", touchedStack());
    put("state", bytes + sizeof stream);
    put("features", width);
    uint32_t hash = 2166136261u;
    for (uint32_t i = 0; i < width; i++) {
      for (uint32_t j = 0; j < 4; j++)
        hash = (hash ^ ((math::bitsOf(features[i]) >> (8 * j)) & 0xFFu)) * 16777619u;
    }
    put("hash", hash);
  }
  end();
  return reinterpret_cast<const uint8_t*>(samples) + ((job.samples * 2 + 3u) & ~3u);
}
}  // namespace

void program() {
  const uint8_t* at = job();
  while (reinterpret_cast<const Job*>(at)->samples != 0) at = runJob(*reinterpret_cast<const Job*>(at));
}
