#include "exponential.h"

namespace dormouse {
namespace nn {

namespace {
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

// 2 / (1 + x) for x in [0, 1), Q0 in and Q2 out: three steps of Newton's division.
int32_t twiceReciprocal(int32_t x) {
  const int32_t half = static_cast<int32_t>((static_cast<int64_t>(x) + INT32_MAX + 1) / 2);
  int32_t y = wrapAdd(1515870810, multiplyHigh(half, -1010580540));  // 48/17 - 32/17 * half
  for (int32_t i = 0; i < 3; i++) {
    const int32_t error = wrapAdd(1 << 29, -multiplyHigh(half, y));
    y = wrapAdd(y, saturatingShiftLeft(multiplyHigh(y, error), 2));
  }
  return y;
}
}  // namespace

// The part below a quarter by the series, each bit above it by one factor.
int32_t exponential(int32_t x, int32_t integerBits) {
  // e^-(1/4), e^-(1/2), ... e^-16
  static const int32_t kFactors[] = {1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
  if (x == 0) return INT32_MAX;
  const int32_t quarterBit = 29 - integerBits;
  const int32_t quarter = 1 << quarterBit;
  const int32_t fraction = (x & (quarter - 1)) - quarter;
  int32_t result = exponentialNearZero(saturatingShiftLeft(fraction, integerBits));
  const int32_t whole = static_cast<int32_t>(static_cast<uint32_t>(fraction) - static_cast<uint32_t>(x));
  for (int32_t i = 0; i < integerBits + 2; i++) {
    if ((whole & (1 << (quarterBit + i))) != 0) result = multiplyHigh(result, kFactors[i]);
  }
  return result;
}

int32_t reciprocalOfOnePlus(int32_t x) { return saturatingShiftLeft(twiceReciprocal(x), 1); }

int32_t logistic(int32_t x) {
  if (x == 0) return 1 << 30;
  const int32_t ofMagnitude = reciprocalOfOnePlus(exponential(x > 0 ? -x : x, 4));
  return x > 0 ? ofMagnitude : INT32_MAX - ofMagnitude;
}

int32_t hyperbolicTangent(int32_t x) {
  if (x == 0) return 0;
  // (1 - e^-2x) / (1 + e^-2x); the same bits read as Q5 are the double.
  const int32_t decayed = exponential(x > 0 ? -x : x, 5);
  const int32_t ofMagnitude = saturatingShiftLeft(wrapAdd(twiceReciprocal(decayed), -(1 << 29)), 2);
  return x > 0 ? ofMagnitude : -ofMagnitude;
}

}  // namespace nn
}  // namespace dormouse
