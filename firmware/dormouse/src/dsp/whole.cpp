#include "whole.h"

namespace dormouse {
namespace dsp {

namespace {
// 65536 log2(1 + i / 128).
const uint16_t kLogs[128] = {
    0,     736,   1466,  2190,  2909,  3623,  4331,  5034,  5732,  6425,  7112,  7795,  8473,  9146,  9814,
    10477, 11136, 11791, 12440, 13086, 13727, 14363, 14996, 15624, 16248, 16868, 17484, 18096, 18704, 19308,
    19909, 20505, 21098, 21687, 22272, 22854, 23433, 24007, 24579, 25146, 25711, 26272, 26830, 27384, 27936,
    28484, 29029, 29571, 30109, 30645, 31178, 31707, 32234, 32758, 33279, 33797, 34312, 34825, 35334, 35841,
    36346, 36847, 37346, 37842, 38336, 38827, 39316, 39802, 40286, 40767, 41246, 41722, 42196, 42667, 43137,
    43603, 44068, 44530, 44990, 45448, 45904, 46357, 46809, 47258, 47705, 48150, 48593, 49034, 49472, 49909,
    50344, 50776, 51207, 51636, 52063, 52488, 52911, 53332, 53751, 54169, 54584, 54998, 55410, 55820, 56229,
    56635, 57040, 57443, 57845, 58245, 58643, 59039, 59434, 59827, 60219, 60609, 60997, 61384, 61769, 62152,
    62534, 62915, 63294, 63671, 64047, 64421, 64794, 65166,
};

// A quarter turn in radians, Q31 (beyond 31 bits).
const int64_t kQuarterTurn = 3373259426ll;

int64_t timesQ31(int64_t a, int64_t b) { return (a * b + (1ll << 30)) >> 31; }

// Series of cosine and sine for angles up to pi / 4, all in Q31; 1 is 2^31 here.
int64_t cosineSeries(int64_t angle) {
  const int64_t z = timesQ31(angle, angle);
  int64_t p = -592;  // -1 / 10!
  p = 53261 + timesQ31(p, z);
  p = -2982616 + timesQ31(p, z);
  p = 89478485 + timesQ31(p, z);
  p = -1073741824 + timesQ31(p, z);
  return 2147483648ll + timesQ31(p, z);
}

int64_t sineSeries(int64_t angle) {
  const int64_t z = timesQ31(angle, angle);
  int64_t p = -54;  // -1 / 11!
  p = 5918 + timesQ31(p, z);
  p = -426088 + timesQ31(p, z);
  p = 17895697 + timesQ31(p, z);
  p = -357913941 + timesQ31(p, z);
  return angle + timesQ31(timesQ31(p, z), angle);
}
}  // namespace

int32_t logOf(uint64_t x) {
  if (x == 0) return kLogOfZero;
  int32_t exponent = 63;
  while ((x >> 56) == 0) {
    x <<= 8;
    exponent -= 8;
  }
  while ((x >> 63) == 0) {
    x <<= 1;
    exponent--;
  }
  const uint32_t mantissa = static_cast<uint32_t>(x >> 32);
  const uint32_t at = (mantissa >> 24) & 127u;
  const uint32_t from = kLogs[at];
  const uint32_t to = at == 127u ? 65536u : kLogs[at + 1];
  const uint32_t fraction = (mantissa >> 8) & 0xFFFFu;
  return exponent * 65536 + static_cast<int32_t>(from + (((to - from) * fraction + 0x8000u) >> 16));
}

int32_t cosineQ31(uint32_t numerator, uint32_t denominator) {
  const bool upper = 2 * numerator > denominator;
  const int64_t part = upper ? denominator - numerator : numerator;
  const int64_t angle = (part * kQuarterTurn + denominator / 2) / denominator;
  const int64_t value = upper ? sineSeries(angle) : cosineSeries(angle);
  return value > 2147483647ll ? 2147483647 : static_cast<int32_t>(value);
}

int32_t productQ31(int32_t a, int32_t b) { return static_cast<int32_t>(timesQ31(a, b)); }

}  // namespace dsp
}  // namespace dormouse
