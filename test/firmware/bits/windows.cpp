// The blocks over whole windows and pictures: at least 1,000 random inputs, each with parameters of its own,
// for every block; one hash each. Part of the program of bits.cpp.
#include "math/exact.h"

#include "bits.h"

#include "dsp/dsp.h"
#include "dsp/picture.h"
#include "numbers.h"

using namespace dormouse;

namespace {
const uint32_t kCases = 1000;
const uint32_t kMaxValues = 1600;

float window[kMaxValues];
float features[3200];
int8_t row[3200];
float scratch[4096];
uint8_t pixels[3 * kMaxValues];

dsp::Block defaults(uint16_t kind) {
  dsp::Block block;
  block.kind = kind;
  block.count = dsp::parameterCount(kind);
  for (uint16_t p = 0; p < block.count; p++) block.params[p] = dsp::parameterDefault(kind, p);
  return block;
}

// Movements with an offset, constants, huge and tiny values, and now and then one that is no number.
void fillWindow(Numbers& numbers, uint32_t values, uint32_t axes) {
  static const float scales[] = {20.0f, 20.0f, 20.0f, 0.0f, 1e-6f, 1e9f, 1e18f, 3e38f};
  const float scale = scales[numbers.below(8)];
  for (uint32_t v = 0; v < values; v++)
    window[v] = numbers.unit() * scale + (v % axes == 0 ? 9.80665f : 0.0f);
  if (numbers.below(40) == 0) window[numbers.below(values)] = math::floatOf(0x7FC00000u);
}

void runCase(const dsp::Block& block, const dsp::Shape& shape, Hash& hash) {
  uint32_t count = 0;
  uint32_t bytes = 0;
  hash.word(static_cast<uint32_t>(dsp::featureCount(block, shape, &count)));
  hash.word(static_cast<uint32_t>(dsp::scratchBytes(block, shape, &bytes)));
  hash.word(count);
  hash.word(bytes);
  if (count > sizeof features / sizeof features[0] || bytes > sizeof scratch) return;
  const dsp::Status status = dsp::run(block, shape, window, features, scratch, bytes);
  hash.word(static_cast<uint32_t>(status));
  for (uint32_t f = 0; f < count && status == dsp::Status::kOk; f++) hash.add(features[f]);
}

dsp::Shape motion(Numbers& numbers, uint32_t longest) {
  dsp::Shape shape;
  shape.axes = static_cast<uint16_t>(1 + numbers.below(3));
  shape.frames = 1 + numbers.below(longest);
  shape.rateHz = 20.0f + static_cast<float>(numbers.below(100));
  shape.width = 0;
  return shape;
}

void rawBits(Numbers& numbers, Hash& hash) {
  dsp::Block block = defaults(dsp::kRaw);
  block.params[0] = numbers.unit() * 100.0f;
  const dsp::Shape shape = motion(numbers, 60);
  fillWindow(numbers, shape.frames * shape.axes, shape.axes);
  runCase(block, shape, hash);
}

void flattenBits(Numbers& numbers, Hash& hash) {
  dsp::Block block = defaults(dsp::kFlatten);
  block.params[0] = numbers.below(4) == 0 ? numbers.unit() * 3.0f : 1.0f;
  for (uint32_t i = 1; i <= 7; i++) block.params[i] = static_cast<float>(numbers.below(2));
  const dsp::Shape shape = motion(numbers, 60);
  fillWindow(numbers, shape.frames * shape.axes, shape.axes);
  runCase(block, shape, hash);
}

void filterParameters(Numbers& numbers, dsp::Block& block) {
  static const float ratios[] = {1, 1, 1, 3, 10, 30};
  block.params[0] = numbers.below(4) == 0 ? numbers.unit() * 3.0f : 1.0f;
  block.params[1] = ratios[numbers.below(6)];
  block.params[2] = static_cast<float>(numbers.below(3));
  block.params[3] = 0.5f + static_cast<float>(numbers.below(40)) * 0.25f;
  block.params[4] = static_cast<float>(2 * numbers.below(5));
}

void fourierBits(Numbers& numbers, Hash& hash) {
  dsp::Block block = defaults(dsp::kSpectral);
  filterParameters(numbers, block);
  block.params[5] = static_cast<float>(4u << numbers.below(7));
  block.params[6] = static_cast<float>(numbers.below(2));
  block.params[7] = static_cast<float>(numbers.below(2));
  block.params[11] = static_cast<float>(numbers.below(4) == 0);
  const dsp::Shape shape = motion(numbers, 150);
  fillWindow(numbers, shape.frames * shape.axes, shape.axes);
  runCase(block, shape, hash);
}

void waveletBits(Numbers& numbers, Hash& hash) {
  dsp::Block block = defaults(dsp::kSpectral);
  if (numbers.below(4) == 0) filterParameters(numbers, block);
  block.params[8] = 1.0f;
  block.params[9] = static_cast<float>(numbers.below(50));
  block.params[10] = static_cast<float>(1 + numbers.below(2));
  dsp::Shape shape = motion(numbers, 100);
  shape.frames += 60;
  fillWindow(numbers, shape.frames * shape.axes, shape.axes);
  runCase(block, shape, hash);
}

dsp::Block imageBlock(Numbers& numbers) {
  dsp::Block block = defaults(dsp::kImage);
  block.params[0] = static_cast<float>(1 + numbers.below(20));
  block.params[1] = static_cast<float>(1 + numbers.below(20));
  block.params[2] = numbers.below(2) == 0 ? 1.0f : 3.0f;
  block.params[3] = static_cast<float>(numbers.below(3));
  return block;
}

void imageBits(Numbers& numbers, Hash& hash) {
  dsp::Shape shape;
  shape.axes = numbers.below(2) == 0 ? 1 : 3;
  shape.width = 1 + numbers.below(24);
  shape.frames = shape.width * (1 + numbers.below(20));
  shape.rateHz = 1.0f;
  for (uint32_t v = 0; v < shape.frames * shape.axes; v++) window[v] = 128.0f + numbers.unit() * 140.0f;
  runCase(imageBlock(numbers), shape, hash);
}

void pictureBits(Numbers& numbers, Hash& hash) {
  const dsp::Block block = imageBlock(numbers);
  dsp::Picture picture;
  picture.bytes = pixels;
  picture.width = static_cast<uint16_t>(1 + numbers.below(40));
  picture.height = static_cast<uint16_t>(1 + numbers.below(40));
  picture.format = static_cast<uint8_t>(numbers.below(3));
  for (uint32_t i = 0; i < dsp::pictureBytes(picture); i++) pixels[i] = static_cast<uint8_t>(numbers.byte());
  const uint32_t channels = static_cast<uint32_t>(block.params[2]);
  const uint32_t values = static_cast<uint32_t>(block.params[0] * block.params[1]) * channels;
  const uint32_t periods[] = {0, 1, channels, values};
  for (uint32_t i = 0; i < values; i++) {
    window[i] = numbers.unit();
    features[i] = 5.0f + 4.0f * numbers.unit();
  }
  const dsp::InputScale input = {window, features, periods[numbers.below(4)], 0.0371f, 5};
  uint32_t bytes = 0;
  hash.word(static_cast<uint32_t>(dsp::imageInputScratch(block, picture, input, &bytes)));
  hash.word(static_cast<uint32_t>(dsp::imageInput(block, picture, input, row, scratch, bytes)));
  hash.add(row, values);
}

void quantisedBits(Numbers& numbers, Hash& hash) {
  const uint32_t count = 1 + numbers.below(40);
  for (uint32_t i = 0; i < count; i++)
    features[i] = numbers.below(8) == 0 ? numbers.anyFloat() : numbers.unit();
  const float mean = numbers.unit();
  const float inverse = numbers.unit() * 10.0f;
  dsp::normalise(features, count, &mean, &inverse, 1);
  dsp::quantise(features, count, 0.0371f, static_cast<int32_t>(numbers.below(256)) - 128, row);
  hash.add(row, count);
}
}  // namespace

void windowBits(Print print) {
  static const struct {
    const char* name;
    void (*run)(Numbers&, Hash&);
  } blocks[] = {
      {"raw", rawBits},     {"flatten", flattenBits}, {"spectral", fourierBits},   {"wavelet", waveletBits},
      {"image", imageBits}, {"picture", pictureBits}, {"quantised", quantisedBits}};
  for (const auto& block : blocks) {
    Numbers numbers = {2};
    Hash hash;
    for (uint32_t i = 0; i < kCases; i++) block.run(numbers, hash);
    report(print, block.name, hash);
  }
}
