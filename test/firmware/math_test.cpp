// The core's float functions and multipliers against the C library's doubles, over millions of inputs. Prints
// the largest error of each function in units of the last place, and how often the exact ones differ.
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "math/math.h"
#include "nn/multiplier.h"

using namespace dormouse;

namespace {
uint64_t state = 1;
uint32_t next() {
  state = state * 6364136223846793005ull + 1442695040888963407ull;
  return static_cast<uint32_t>(state >> 32);
}
double unit() { return next() / 4294967296.0; }

// Distance in units of the last place of a float32 of the size of `scale`.
double ulps(float actual, double exact, double scale) {
  int exponent = 0;
  frexp(scale, &exponent);
  return fabs(actual - exact) / ldexp(1.0, exponent - 24);
}

void report(const char* name, double worst) { printf("%s %.5f\n", name, worst); }

void functions(uint32_t rounds) {
  double logarithm = 0, exponential = 0, circle = 0, turn = 0;
  for (uint32_t i = 0; i < rounds; i++) {
    const float x = math::floatOf(0x00800000u + next() % 0x7F000000u);
    logarithm = fmax(logarithm, ulps(math::logarithm(x), log(x), fabs(log(x))));
    const float y = static_cast<float>(unit() * 174.0 - 87.0);
    exponential = fmax(exponential, ulps(math::exponential(y), exp(y), exp(y)));
    float s = 0, c = 0;
    const float z = static_cast<float>(unit() * 3.1415924 - 1.5707962);
    math::sinCos(z, &s, &c);
    circle = fmax(circle, fmax(ulps(s, sin(z), 1.0), ulps(c, cos(z), 1.0)));
    const uint32_t n = 1u << (next() % 17);
    const uint32_t k = next() % n;
    math::sinCosOfTurn(k, n, &s, &c);
    const double angle = 6.283185307179586 * k / n;
    turn = fmax(turn, fmax(ulps(s, sin(angle), 1.0), ulps(c, cos(angle), 1.0)));
  }
  report("logarithm", logarithm);
  report("exponential", exponential);
  report("sinCos", circle);
  report("sinCosOfTurn", turn);
}

void exactOnes(uint32_t rounds) {
  uint32_t roots = 0, rounding = 0, multipliers = 0;
  for (uint32_t i = 0; i < rounds; i++) {
    const float x = math::floatOf(next() & 0x7FFFFFFFu);
    if (x == x) {
      const float root = sqrtf(x);
      const float ours = math::squareRoot(x);
      roots += memcmp(&root, &ours, 4) != 0;
    }
    const float y = math::floatOf((next() & 0x80000000u) | (0x3D000000u + next() % 0x11000000u));
    const double away = round(static_cast<double>(y));
    const double clamped = fmin(fmax(away, -2147483648.0), 2147483647.0);
    rounding += static_cast<int32_t>(clamped) != math::roundAway(y);
    const float a = math::floatOf(0x38000000u + next() % 0x09000000u);
    const float b = math::floatOf(0x38000000u + next() % 0x09000000u);
    const float c = math::floatOf(0x38000000u + next() % 0x09000000u);
    int shift = 0;
    const double q = frexp(static_cast<double>(a) * static_cast<double>(b) / static_cast<double>(c), &shift);
    int64_t fixed = static_cast<int64_t>(round(q * 2147483648.0));
    if (fixed == 1ll << 31) {
      fixed /= 2;
      shift++;
    }
    if (shift < -31) {
      shift = 0;
      fixed = 0;
    }
    nn::Multiplier multiplier = {0, 0};
    nn::quantiseRatio(nn::product(a, b), c, &multiplier);
    multipliers += multiplier.value != fixed || multiplier.shift != shift;
  }
  report("squareRoot", roots);
  report("roundAway", rounding);
  report("quantiseRatio", multipliers);
}
}  // namespace

int main() {
  functions(1000000);
  exactOnes(3000000);
  return 0;
}
