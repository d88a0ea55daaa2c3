// The core's own float functions: the same bits on every machine, because they use integers and single + - *
// / only. Errors are bounds over the whole stated range, measured in test/firmware. Knows nothing of the C
// library.
#ifndef DORMOUSE_MATH_MATH_H
#define DORMOUSE_MATH_MATH_H

#include <stdint.h>

namespace dormouse {
namespace math {

uint32_t bitsOf(float x);
float floatOf(uint32_t bits);
bool isFinite(float x);

// Correctly rounded square root; 0 for x <= 0 and NaN, infinity for infinity.
float squareRoot(float x);
// Natural logarithm, within 1 ulp; x must be positive and normal, anything smaller counts as the smallest
// normal.
float logarithm(float x);
// e^x, within 1 ulp where the result is normal; 0 below it, infinity above FLT_MAX.
float exponential(float x);
// sin and cos of a whole turn times numerator / denominator, within 1 ulp of 1. denominator: a power of two
// <= 65536.
void sinCosOfTurn(uint32_t numerator, uint32_t denominator, float* sine, float* cosine);
// sin and cos of x radians, |x| <= pi/2, within 1 ulp of 1.
void sinCos(float x, float* sine, float* cosine);
// The nearest integer, halves away from zero, clamped to int32; 0 for NaN.
int32_t roundAway(float x);

}  // namespace math
}  // namespace dormouse

#endif
