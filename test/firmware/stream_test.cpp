// Streaming sound against whole windows: for random settings, strides and pieces every window's features must
// be, to the bit, those of dsp::run() on the same samples. And settings that fit nothing must be refused,
// without a crash.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vector>

#include "check.h"
#include "dsp/dsp.h"
#include "dsp/stream.h"
#include "math/math.h"

// As CHECK, but in words.
#define EXPECT(condition, text)                              \
  do {                                                       \
    if (!(condition)) check::fail(__FILE__, __LINE__, text); \
  } while (0)

using namespace dormouse;

namespace {
check::Random numbers(1);
uint32_t next() { return numbers.next(); }
uint32_t below(uint32_t n) { return numbers.below(n); }
float unit() { return static_cast<float>(next() >> 8) / 16777216.0f; }

dsp::Block defaults(uint16_t kind) {
  dsp::Block block;
  block.kind = kind;
  block.count = dsp::parameterCount(kind);
  for (uint16_t i = 0; i < block.count; i++) block.params[i] = dsp::parameterDefault(kind, i);
  return block;
}

// Where a block has its frames and its FFT among its parameters.
uint16_t lengthAt(const dsp::Block& block) { return block.kind == dsp::kMfcc ? 2 : 1; }
uint16_t fftAt(const dsp::Block& block) {
  return block.kind == dsp::kSpectrogram ? 3 : (block.kind == dsp::kMfe ? 4 : 5);
}

dsp::Block randomBlock() {
  dsp::Block block = defaults(static_cast<uint16_t>(dsp::kSpectrogram + below(3)));
  block.params[lengthAt(block)] = 0.002f + 0.03f * unit();
  block.params[lengthAt(block) + 1] = 0.002f + 0.04f * unit();
  block.params[fftAt(block)] = static_cast<float>(16u << below(6));
  if (block.kind != dsp::kSpectrogram) block.params[fftAt(block) - 1] = static_cast<float>(2 + below(12));
  if (block.kind == dsp::kMfcc) {
    block.params[1] = static_cast<float>(1 + below(static_cast<uint32_t>(block.params[4])));
    static const float windows[] = {0, 1, 7, 101};
    block.params[8] = windows[below(4)];
    block.params[9] = unit();
    block.params[10] = static_cast<float>(1 + below(3));
  }
  if (below(3) == 0) block.params[0] = 0.25f + unit();
  return block;
}

uint32_t streamedWindows = 0;

// One setting: a stream of several windows in random pieces.
bool streamOnce() {
  const dsp::Block block = randomBlock();
  const dsp::Shape shape = {200 + below(4000), 1, 8000.0f, 0};
  uint32_t width = 0;
  uint32_t scratchBytes = 0;
  if (dsp::featureCount(block, shape, &width) != dsp::Status::kOk) return false;
  EXPECT(dsp::scratchBytes(block, shape, &scratchBytes) == dsp::Status::kOk, "scratch of what has features");
  const float exact = block.params[lengthAt(block) + 1] * shape.rateHz;
  const uint32_t floor = static_cast<uint32_t>(exact);
  const uint32_t rowStride = exact - static_cast<float>(floor) < 0.001f ? floor : floor + 1;
  // Up to a window and a half: with samples between windows that no window sees.
  const uint32_t stride = rowStride * (1 + below(1 + 3 * shape.frames / (2 * rowStride)));
  const float unitOfRaw = below(2) != 0 ? 1.0f : 0.003f + unit();
  uint32_t bytes = 0;
  EXPECT(dsp::Stream::stateBytes(block, shape, stride, &bytes) == dsp::Status::kOk,
         "state of what has features");
  std::vector<uint32_t> memory((bytes + 3) / 4);
  dsp::Stream stream;
  EXPECT(stream.begin(block, shape, stride, unitOfRaw, memory.data(), bytes) == dsp::Status::kOk, "begin");
  EXPECT(stream.begin(block, shape, stride, unitOfRaw, memory.data(), bytes - 1) ==
             dsp::Status::kScratchTooSmall,
         "begin with too little memory");
  if (rowStride > 1) {
    uint32_t none = 0;
    EXPECT(dsp::Stream::stateBytes(block, shape, stride + 1, &none) == dsp::Status::kBadParameter,
           "odd stride");
  }
  const uint32_t windows = 1 + below(4);
  const uint32_t total = shape.frames + (windows - 1) * stride;
  std::vector<int16_t> samples(total);
  const uint32_t level = below(16);
  for (int16_t& x : samples) x = static_cast<int16_t>(static_cast<int16_t>(next() >> 12) >> level);
  std::vector<float> streamed(width), whole(width), window(shape.frames);
  std::vector<uint32_t> scratch((scratchBytes + 3) / 4);
  const uint32_t longest = 1 + below(below(2) != 0 ? 40 : 5000);
  uint32_t seen = 0;
  if (below(4) == 0) {
    // A gap: what came before is forgotten.
    stream.push(samples.data(), below(shape.frames));
    stream.restart();
  }
  for (uint32_t at = 0; at < total;) {
    const uint32_t left = total - at;
    const uint32_t piece = 1 + below(longest);
    at += stream.push(samples.data() + at, piece < left ? piece : left);
    if (!stream.ready()) continue;
    EXPECT(at == shape.frames + seen * stride, "ready with the window's last sample");
    EXPECT(stream.push(samples.data(), 5) == 0, "nothing is taken while a window waits");
    stream.window(streamed.data());
    for (uint32_t i = 0; i < shape.frames; i++)
      window[i] = static_cast<float>(samples[seen * stride + i]) * unitOfRaw;
    EXPECT(
        dsp::run(block, shape, window.data(), whole.data(), scratch.data(), scratchBytes) == dsp::Status::kOk,
        "run");
    EXPECT(memcmp(streamed.data(), whole.data(), width * sizeof(float)) == 0,
           "streamed features are run()'s");
    seen++;
  }
  EXPECT(seen == windows, "every window came");
  streamedWindows += seen;
  return true;
}

// Settings of any bits: refused, or with features that run() computes.
uint32_t hostileOnce() {
  dsp::Block block = defaults(static_cast<uint16_t>(dsp::kSpectrogram + below(3)));
  for (uint32_t changes = 1 + below(2); changes > 0; changes--) {
    static const float odd[] = {0.0f, -1.0f, 1e-30f, 1e30f, 0.5f, 3.0f, 16384.0f, 65536.0f, 4294967296.0f};
    const uint32_t at = below(block.count);
    block.params[at] =
        below(3) == 0 ? math::floatOf(next()) : odd[below(9)] * (below(4) == 0 ? unit() : 1.0f);
  }
  static const float rates[] = {1.0f, 8000.0f, 16000.0f, 1e9f, 8000.0f};
  const dsp::Shape shape = {1 + below(20000), static_cast<uint16_t>(1 + (below(8) == 0)), rates[below(5)], 0};
  uint32_t width = 0;
  uint32_t bytes = 0;
  const dsp::Status status = dsp::featureCount(block, shape, &width);
  EXPECT(dsp::scratchBytes(block, shape, &bytes) == status, "scratchBytes says what featureCount says");
  if (status != dsp::Status::kOk) {
    EXPECT(status == dsp::Status::kBadParameter && width == 0, "a clear refusal");
    return 0;
  }
  std::vector<float> window(shape.frames), features(width);
  for (float& x : window) x = below(50) == 0 ? (unit() - 0.5f) * 1e38f : 3000.0f * (unit() - 0.5f);
  std::vector<uint32_t> scratch((bytes + 3) / 4);
  EXPECT(dsp::run(block, shape, window.data(), features.data(), scratch.data(), bytes - 1) ==
             dsp::Status::kScratchTooSmall,
         "too little scratch");
  EXPECT(dsp::run(block, shape, window.data(), features.data(), scratch.data(), bytes) == dsp::Status::kOk,
         "run");
  window[below(shape.frames)] = math::floatOf(0x7FC00000u);
  EXPECT(dsp::run(block, shape, window.data(), features.data(), scratch.data(), bytes) ==
             dsp::Status::kNotFinite,
         "a NaN in the window");
  return 1;
}
}  // namespace

int main(int count, char** arguments) {
  const uint32_t rounds = count > 1 ? static_cast<uint32_t>(atoi(arguments[1])) : 1000;
  uint32_t settings = 0;
  while (settings < rounds) settings += streamOnce() ? 1 : 0;
  uint32_t taken = 0;
  for (uint32_t i = 0; i < 5 * rounds; i++) taken += hostileOnce();
  printf("streamed %u windows of %u settings; of %u hostile settings %u were possible\n", streamedWindows,
         settings, 5 * rounds, taken);
  return check::result();
}
