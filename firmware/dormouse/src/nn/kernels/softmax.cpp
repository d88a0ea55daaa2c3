#include "softmax.h"

#include "exponential.h"

namespace dormouse {
namespace nn {

namespace {
int32_t leadingZeros(uint32_t x) {
  int32_t zeros = 0;
  while ((x & 0x80000000u) == 0) {
    x <<= 1;
    zeros++;
  }
  return zeros;
}

// Q0 of a difference of at most 0, which is brought to Q5.
int32_t exponentialOf(int32_t difference, const SoftmaxParams& params) {
  return exponential(multiplyHigh(shiftLeft(difference, params.shift), params.multiplier), 5);
}
}  // namespace

void softmax(const SoftmaxParams& params, const int8_t* input, void* output) {
  const int32_t bits = params.wide ? 16 : 8;
  const int32_t lowest = -(1 << (bits - 1));
  uint32_t at = 0;
  for (uint32_t row = 0; row < params.rows; row++, input += params.depth) {
    int32_t largest = -128;
    for (uint32_t i = 0; i < params.depth; i++) {
      if (input[i] > largest) largest = input[i];
    }
    int32_t sum = 0;  // Q12
    for (uint32_t i = 0; i < params.depth; i++) {
      const int32_t difference = input[i] - largest;
      if (difference >= params.least)
        sum = wrapAdd(sum, divideByPowerOfTwo(exponentialOf(difference, params), 12));
    }
    // The largest counts for 1, so the sum is never 0.
    const int32_t zeros = leadingZeros(static_cast<uint32_t>(sum));
    const int32_t scale =
        reciprocalOfOnePlus(static_cast<int32_t>((static_cast<uint32_t>(sum) << zeros) - 0x80000000u));
    const int32_t exponent = 12 - zeros + 31 - bits;
    for (uint32_t i = 0; i < params.depth; i++, at++) {
      const int32_t difference = input[i] - largest;
      int32_t value = lowest;
      if (difference >= params.least)
        value = divideByPowerOfTwo(multiplyHigh(scale, exponentialOf(difference, params)), exponent) + lowest;
      value = clamp(value, lowest, -1 - lowest);
      if (params.wide)
        static_cast<int16_t*>(output)[at] = static_cast<int16_t>(value);
      else
        static_cast<int8_t*>(output)[at] = static_cast<int8_t>(value);
    }
  }
}

uint32_t softmaxScratchBytes(const SoftmaxParams&) { return 0; }

}  // namespace nn
}  // namespace dormouse
