// Runs the core's arithmetic over many pseudo-random inputs and prints one hash per part: the same program,
// built in many ways and for several processors, must print the same lines. Knows nothing of operating
// systems.
#include "math/exact.h"

#include "bits.h"

#include "math/math.h"
#include "nn/kernels/add.h"
#include "nn/kernels/conv.h"
#include "nn/kernels/depthwise.h"
#include "nn/kernels/fully_connected.h"
#include "nn/kernels/pool.h"
#include "nn/kernels/quantize.h"
#include "nn/kernels/softmax.h"
#include "nn/multiplier.h"
#include "nn/nn.h"
#include "numbers.h"

using namespace dormouse;

namespace {
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
    const nn::SoftmaxParams softmax = {
        kSide * kSide, kChannels, multipliers[0], shift, false, -static_cast<int32_t>((31ll << 26) >> shift)};
    nn::softmax(softmax, image, result);
    hash.add(result, sizeof result);
    nn::QuantizeParams quantize = {
        600, 0.0713f, {multipliers[1], static_cast<int8_t>(-rights[1])}, 3, -4, nn::kInt8, nn::kInt8};
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
  windowBits(print);
  soundBits(print);
  multiplierBits(print);
  kernelBits(print);
  anomalyBits(print);
}
