// The sound blocks over whole windows: 1,000 random sounds, each with parameters of its own, for every block;
// one hash each. Part of the program of bits.cpp.
#include "math/exact.h"

#include "bits.h"

#include "dsp/dsp.h"
#include "numbers.h"

using namespace dormouse;

namespace {
const uint32_t kCases = 1000;
const uint32_t kMaxFrames = 1200;
float window[kMaxFrames];
float features[16384];
uint32_t scratch[16384];

// Tones, noise, clicks, silence, clipping; and now and then values that are no counts.
void fillSound(Numbers& numbers, uint32_t frames) {
  const float level = static_cast<float>(1u << numbers.below(17));
  const uint32_t kind = numbers.below(5);
  const uint32_t period = 2 + numbers.below(60);
  for (uint32_t i = 0; i < frames; i++) {
    float value = numbers.unit() * (kind == 0 ? 1.0f : 0.02f) * level;
    if (kind == 1) value += i % period < period / 2 ? level : -level;
    if (kind == 2 && i % 97 == 0) value += level;
    if (kind == 3) value = 0.0f;
    window[i] = value;
  }
  if (numbers.below(30) != 0) return;
  // One number a statement: compilers differ in which they draw first.
  const uint32_t at = numbers.below(frames);
  window[at] = numbers.anyFloat();
}

void soundParameters(Numbers& numbers, dsp::Block& block) {
  const uint32_t length = block.kind == dsp::kMfcc ? 2 : 1;
  const uint32_t fft = block.kind == dsp::kSpectrogram ? 3 : (block.kind == dsp::kMfe ? 4 : 5);
  if (numbers.below(8) == 0) block.params[0] = numbers.unit() * 3.0f;
  block.params[length] = 0.001f * static_cast<float>(4 + numbers.below(30));
  block.params[length + 1] = 0.001f * static_cast<float>(4 + numbers.below(30));
  block.params[fft] = static_cast<float>(16u << numbers.below(6));
  if (block.kind == dsp::kSpectrogram) {
    block.params[4] = -static_cast<float>(numbers.below(1000)) * 0.1f;
    return;
  }
  const uint32_t filters = 2 + numbers.below(24);
  block.params[fft - 1] = static_cast<float>(filters);
  if (numbers.below(2) == 0) block.params[fft + 1] = static_cast<float>(numbers.below(900));
  if (numbers.below(2) == 0) block.params[fft + 2] = 1000.0f + static_cast<float>(numbers.below(2000));
  if (block.kind == dsp::kMfe) {
    block.params[7] = -static_cast<float>(numbers.below(1000)) * 0.1f;
    return;
  }
  static const float windows[] = {0, 1, 3, 21, 101, 501};
  block.params[1] = static_cast<float>(1 + numbers.below(filters));
  block.params[8] = windows[numbers.below(6)];
  block.params[9] = numbers.below(2) == 0 ? 0.98f : 0.5f + 0.5f * numbers.unit();
  block.params[10] = static_cast<float>(1 + numbers.below(3));
}

void soundCase(uint16_t kind, Numbers& numbers, Hash& hash) {
  dsp::Block block;
  block.kind = kind;
  block.count = dsp::parameterCount(kind);
  for (uint16_t p = 0; p < block.count; p++) block.params[p] = dsp::parameterDefault(kind, p);
  const dsp::Shape shape = {200 + numbers.below(kMaxFrames - 200), 1,
                            numbers.below(2) == 0 ? 8000.0f : 6500.0f, 0};
  uint32_t count = 0;
  // Filters that find no bin are refused; drawn again, so that every case computes something.
  do {
    soundParameters(numbers, block);
  } while (dsp::featureCount(block, shape, &count) != dsp::Status::kOk);
  uint32_t bytes = 0;
  hash.word(static_cast<uint32_t>(dsp::scratchBytes(block, shape, &bytes)));
  hash.word(count);
  hash.word(bytes);
  fillSound(numbers, shape.frames);
  const dsp::Status status = dsp::run(block, shape, window, features, scratch, sizeof scratch);
  hash.word(static_cast<uint32_t>(status));
  for (uint32_t f = 0; f < count && status == dsp::Status::kOk; f++) hash.add(features[f]);
}
}  // namespace

void soundBits(Print print) {
  static const char* const names[] = {"spectrogram", "mfe", "mfcc"};
  for (uint16_t i = 0; i < 3; i++) {
    Numbers numbers = {11u + i};
    Hash hash;
    for (uint32_t n = 0; n < kCases; n++)
      soundCase(static_cast<uint16_t>(dsp::kSpectrogram + i), numbers, hash);
    report(print, names[i], hash);
  }
}
