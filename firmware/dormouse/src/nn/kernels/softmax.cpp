#include "softmax.h"

#include "../fixed_point.h"

namespace dormouse {
namespace nn {

namespace {
// Comments give the number of integer bits: Qn has n of them and 31 - n for the fraction.

int32_t saturatingShiftLeft(int32_t x, int32_t bits) {
  const int32_t limit = static_cast<int32_t>((1u << (31 - bits)) - 1u);
  if (x > limit) return INT32_MAX;
  if (x < -limit) return INT32_MIN;
  return shiftLeft(x, bits);
}

// e^x for x in [-1/4, 0), Q0: the Taylor series around -1/8 to the fourth power.
int32_t exponentialNearZero(int32_t x) {
  const int32_t expOfMinusEighth = 1895147668;
  const int32_t third = 715827883;
  const int32_t d = wrapAdd(x, 1 << 28);
  const int32_t d2 = multiplyHigh(d, d);
  const int32_t d3 = multiplyHigh(d2, d);
  const int32_t d4 = multiplyHigh(d2, d2);
  const int32_t d4By4 = divideByPowerOfTwo(d4, 2);
  const int32_t rest = divideByPowerOfTwo(wrapAdd(multiplyHigh(wrapAdd(d4By4, d3), third), d2), 1);
  return wrapAdd(expOfMinusEighth, multiplyHigh(expOfMinusEighth, wrapAdd(d, rest)));
}

// e^x for x <= 0, Q5 in, Q0 out: the part below a quarter by the series, each bit above it by one factor.
int32_t exponential(int32_t x) {
  static const int32_t kFactors[] = {1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
  if (x == 0) return INT32_MAX;
  const int32_t quarter = 1 << 24;
  const int32_t fraction = (x & (quarter - 1)) - quarter;
  int32_t result = exponentialNearZero(saturatingShiftLeft(fraction, 5));
  const int32_t whole = static_cast<int32_t>(static_cast<uint32_t>(fraction) - static_cast<uint32_t>(x));
  for (int32_t i = 0; i < 7; i++) {
    if ((whole & (1 << (24 + i))) != 0) result = multiplyHigh(result, kFactors[i]);
  }
  return result;
}

// 1 / (1 + x) for x in [0, 1), Q0: three steps of Newton's division.
int32_t reciprocalOfOnePlus(int32_t x) {
  const int32_t half = static_cast<int32_t>((static_cast<int64_t>(x) + INT32_MAX + 1) / 2);
  int32_t y = wrapAdd(1515870810, multiplyHigh(half, -1010580540));  // Q2: 48/17 - 32/17 * half
  for (int32_t i = 0; i < 3; i++) {
    const int32_t error = wrapAdd(1 << 29, -multiplyHigh(half, y));
    y = wrapAdd(y, saturatingShiftLeft(multiplyHigh(y, error), 2));
  }
  return saturatingShiftLeft(y, 1);
}

int32_t leadingZeros(uint32_t x) {
  int32_t zeros = 0;
  while ((x & 0x80000000u) == 0) {
    x <<= 1;
    zeros++;
  }
  return zeros;
}

int32_t exponentialOf(int32_t difference, const SoftmaxParams& params) {
  return exponential(multiplyHigh(shiftLeft(difference, params.shift), params.multiplier));
}
}  // namespace

void softmax(const SoftmaxParams& params, const int8_t* input, int8_t* output) {
  for (uint32_t row = 0; row < params.rows; row++, input += params.depth, output += params.depth) {
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
    const int32_t exponent = 12 - zeros + 31 - 8;
    for (uint32_t i = 0; i < params.depth; i++) {
      const int32_t difference = input[i] - largest;
      int32_t value = -128;
      if (difference >= params.least)
        value = divideByPowerOfTwo(multiplyHigh(scale, exponentialOf(difference, params)), exponent) - 128;
      output[i] = static_cast<int8_t>(clamp(value, -128, 127));
    }
  }
}

uint32_t softmaxScratchBytes(const SoftmaxParams&) { return 0; }

}  // namespace nn
}  // namespace dormouse
