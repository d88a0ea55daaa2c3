// Runs the core's arithmetic over many pseudo-random inputs and prints one hash per part: the same program,
// built in many ways and for several processors, must print the same lines. Knows nothing of operating
// systems.
#include "math/exact.h"

#include "bits.h"

#include "dsp/dsp.h"
#include "math/math.h"
#include "nn/kernels/add.h"
#include "nn/kernels/conv.h"
#include "nn/kernels/depthwise.h"
#include "nn/kernels/fully_connected.h"
#include "nn/kernels/pool.h"
#include "nn/kernels/quantize.h"
#include "nn/kernels/softmax.h"
#include "nn/multiplier.h"

using namespace dormouse;

namespace {
struct Numbers {
  uint32_t state;
  uint32_t next() {
    state = state * 1664525u + 1013904223u;
    return state ^ (state >> 15);
  }
  uint32_t below(uint32_t n) { return (next() >> 8) % n; }
  // Any float but NaN, infinity and subnormals.
  float anyFloat() {
    const uint32_t bits = next();
    const uint32_t field = (bits >> 23) & 0xFFu;
    return math::floatOf(field == 0 || field == 255 ? 0x3F800000u | (bits & 0x807FFFFFu) : bits);
  }
  // In [-1, 1), exact.
  float unit() { return static_cast<float>(static_cast<int32_t>(next()) >> 8) * (1.0f / 8388608.0f); }
  int8_t byte() { return static_cast<int8_t>(next() >> 11); }
};

struct Hash {
  uint32_t value = 2166136261u;
  void word(uint32_t word) {
    for (int i = 0; i < 4; i++) value = (value ^ ((word >> (8 * i)) & 0xFFu)) * 16777619u;
  }
  void add(float x) { word(math::bitsOf(x)); }
  void add(const int8_t* bytes, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) value = (value ^ static_cast<uint8_t>(bytes[i])) * 16777619u;
  }
};

void report(Print print, const char* name, const Hash& hash) {
  char line[32];
  uint32_t n = 0;
  while (name[n] != 0 && n < 20) {
    line[n] = name[n];
    n++;
  }
  line[n++] = ' ';
  for (int i = 7; i >= 0; i--) line[n++] = "0123456789abcdef"[(hash.value >> (4 * i)) & 15u];
  line[n++] = '\n';
  line[n] = 0;
  print(line);
}

void mathBits(Print print) {
  Numbers numbers = {1};
  Hash logarithms, exponentials, roots, circles, rounded;
  for (uint32_t i = 0; i < 2000; i++) {
    const float x = numbers.anyFloat();
    logarithms.add(math::logarithm(x));
    roots.add(math::squareRoot(x));
    rounded.word(static_cast<uint32_t>(math::roundAway(x)));
    exponentials.add(math::exponential(numbers.unit() * 100.0f));
    float sine = 0.0f;
    float cosine = 0.0f;
    math::sinCos(numbers.unit() * 1.5703125f, &sine, &cosine);
    circles.add(sine);
    circles.add(cosine);
    const uint32_t numerator = numbers.next();
    math::sinCosOfTurn(numerator, 1u << numbers.below(17), &sine, &cosine);
    circles.add(sine);
    circles.add(cosine);
  }
  report(print, "logarithm", logarithms);
  report(print, "exponential", exponentials);
  report(print, "root", roots);
  report(print, "circle", circles);
  report(print, "rounded", rounded);
}

float window[600];
float features[700];
float scratch[4096];

void dspBits(Print print) {
  Numbers numbers = {2};
  Hash hashes[3];
  Hash quantised;
  for (uint32_t i = 0; i < 60; i++) {
    dsp::Block block;
    block.kind = static_cast<uint16_t>(i % 3);
    block.count = dsp::parameterCount(block.kind);
    for (uint16_t p = 0; p < block.count; p++) block.params[p] = dsp::parameterDefault(block.kind, p);
    if (block.kind == dsp::kSpectral) {
      static const float ratios[] = {1, 1, 3, 10};
      block.params[1] = ratios[numbers.below(4)];
      block.params[2] = static_cast<float>(numbers.below(3));
      block.params[3] = 1.0f + static_cast<float>(numbers.below(3));
      block.params[4] = static_cast<float>(2 + 2 * numbers.below(4));
      block.params[5] = static_cast<float>(4u << numbers.below(7));
      block.params[6] = static_cast<float>(numbers.below(2));
    }
    dsp::Shape shape;
    shape.axes = static_cast<uint16_t>(1 + numbers.below(3));
    shape.frames = 1 + numbers.below(200);
    shape.rateHz = 100.0f;
    shape.width = 0;
    const uint32_t values = shape.frames * shape.axes;
    for (uint32_t v = 0; v < values; v++)
      window[v] = numbers.unit() * 20.0f + (v % shape.axes == 0 ? 9.80665f : 0.0f);
    uint32_t count = 0;
    Hash& hash = hashes[block.kind];
    hash.word(static_cast<uint32_t>(dsp::featureCount(block, shape, &count)));
    hash.word(static_cast<uint32_t>(dsp::run(block, shape, window, features, scratch, sizeof scratch)));
    for (uint32_t f = 0; f < count; f++) hash.add(features[f]);
    static int8_t row[700];
    const float mean = numbers.unit();
    const float inverse = numbers.unit();
    dsp::normalise(features, count, &mean, &inverse, 1);
    dsp::quantise(features, count, 0.0371f, 5, row);
    quantised.add(row, count);
  }
  report(print, "raw", hashes[0]);
  report(print, "flatten", hashes[1]);
  report(print, "spectral", hashes[2]);
  report(print, "quantised", quantised);
}

void multiplierBits(Print print) {
  Numbers numbers = {3};
  Hash hash;
  for (uint32_t i = 0; i < 1000; i++) {
    const float a = math::floatOf(math::bitsOf(numbers.anyFloat()) & 0x7FFFFFFFu);
    const float b = math::floatOf((numbers.next() & 0x07FFFFFFu) + 0x3A000000u);
    const float c = math::floatOf((numbers.next() & 0x07FFFFFFu) + 0x3A000000u);
    nn::Multiplier multiplier = {0, 0};
    hash.word(nn::quantiseRatio(nn::product(b, c), a, &multiplier) ? 1u : 0u);
    hash.word(static_cast<uint32_t>(multiplier.value));
    hash.word(static_cast<uint32_t>(multiplier.shift));
    hash.word(static_cast<uint32_t>(nn::quantiseValue(numbers.unit() * 300.0f, b, 7)));
    hash.word(static_cast<uint32_t>(nn::multiply(static_cast<int32_t>(numbers.next()), multiplier)));
  }
  report(print, "multiplier", hash);
}

const uint32_t kSide = 6;
const uint32_t kChannels = 8;
int8_t image[kSide * kSide * kChannels];
int8_t weights[3 * 3 * kChannels * kChannels];
int8_t result[kSide * kSide * kChannels];
int32_t bias[kChannels];
int32_t multipliers[kChannels];
int8_t rights[kChannels];
alignas(4) uint8_t kernelScratch[4096];

void kernelBits(Print print) {
  Numbers numbers = {4};
  Hash hash;
  for (uint32_t round = 0; round < 12; round++) {
    for (int8_t& x : image) x = numbers.byte();
    for (int8_t& x : weights) x = numbers.byte();
    for (uint32_t c = 0; c < kChannels; c++) {
      bias[c] = static_cast<int32_t>(numbers.next()) >> 18;
      multipliers[c] = static_cast<int32_t>(0x40000000u | (numbers.next() >> 2));
      rights[c] = static_cast<int8_t>(1 + numbers.below(12));
    }
    const nn::Requantization r = {multipliers, rights, 1, round % 2 == 0, 3, -128, 127};
    const nn::Window w = {1, kSide, kSide, kChannels, kSide, kSide, kChannels, 3, 3, 1, 1, 1, 1, 1, 1};
    const nn::ConvParams convolution = {w, kChannels, kChannels, 11, r};
    nn::conv(convolution, image, weights, bias, result, kernelScratch);
    hash.add(result, sizeof result);
    const nn::DepthwiseParams depthwise = {w, 1, 11, r};
    nn::depthwise(depthwise, image, weights, bias, result, kernelScratch);
    hash.add(result, sizeof result);
    const nn::FullyConnectedParams dense = {kSide, kSide * kChannels, kChannels, 11, -2, r};
    nn::fullyConnected(dense, image, weights, bias, result);
    hash.add(result, kSide * kChannels);
    const nn::PoolParams pool = {w, -100, 100};
    nn::averagePool(pool, image, result);
    hash.add(result, sizeof result);
    nn::maxPool(pool, image, result);
    hash.add(result, sizeof result);
    const int32_t shift = static_cast<int32_t>(20 + numbers.below(8));
    const nn::SoftmaxParams softmax = {kSide * kSide, kChannels, multipliers[0], shift,
                                       -static_cast<int32_t>((31ll << 26) >> shift)};
    nn::softmax(softmax, image, result);
    hash.add(result, sizeof result);
    nn::QuantizeParams quantize = {600,   0.0713f, {multipliers[1], static_cast<int8_t>(-rights[1])}, 3, -4,
                                   false, false};
    for (float& x : window) x = numbers.unit() * 12.0f;
    static uint8_t bytes[600];
    nn::quantizeFloats(quantize, window, bytes);
    hash.add(reinterpret_cast<const int8_t*>(bytes), sizeof bytes);
    nn::dequantize(quantize, bytes, window);
    for (const float x : window) hash.add(x);
  }
  report(print, "kernels", hash);
}
}  // namespace

void printBits(Print print) {
  mathBits(print);
  dspBits(print);
  multiplierBits(print);
  kernelBits(print);
}
