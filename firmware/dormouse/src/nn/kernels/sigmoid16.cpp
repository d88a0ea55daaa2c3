#include "sigmoid16.h"

namespace dormouse {
namespace nn {

namespace {
// 65536 / (1 + e^(-i/24)), each within 1.2: results equal TFLite's only with its very values.
const uint16_t kTable[256] = {
    32768, 33451, 34133, 34813, 35493, 36169, 36843, 37513, 38180, 38841, 39498, 40149, 40794, 41432, 42064,
    42688, 43304, 43912, 44511, 45102, 45683, 46255, 46817, 47369, 47911, 48443, 48964, 49475, 49975, 50464,
    50942, 51409, 51865, 52311, 52745, 53169, 53581, 53983, 54374, 54755, 55125, 55485, 55834, 56174, 56503,
    56823, 57133, 57433, 57724, 58007, 58280, 58544, 58800, 59048, 59288, 59519, 59743, 59959, 60168, 60370,
    60565, 60753, 60935, 61110, 61279, 61441, 61599, 61750, 61896, 62036, 62172, 62302, 62428, 62549, 62666,
    62778, 62886, 62990, 63090, 63186, 63279, 63368, 63454, 63536, 63615, 63691, 63765, 63835, 63903, 63968,
    64030, 64090, 64148, 64204, 64257, 64308, 64357, 64405, 64450, 64494, 64536, 64576, 64614, 64652, 64687,
    64721, 64754, 64786, 64816, 64845, 64873, 64900, 64926, 64950, 64974, 64997, 65019, 65039, 65060, 65079,
    65097, 65115, 65132, 65149, 65164, 65179, 65194, 65208, 65221, 65234, 65246, 65258, 65269, 65280, 65291,
    65301, 65310, 65319, 65328, 65337, 65345, 65352, 65360, 65367, 65374, 65381, 65387, 65393, 65399, 65404,
    65410, 65415, 65420, 65425, 65429, 65433, 65438, 65442, 65445, 65449, 65453, 65456, 65459, 65462, 65465,
    65468, 65471, 65474, 65476, 65479, 65481, 65483, 65485, 65488, 65489, 65491, 65493, 65495, 65497, 65498,
    65500, 65501, 65503, 65504, 65505, 65507, 65508, 65509, 65510, 65511, 65512, 65513, 65514, 65515, 65516,
    65517, 65517, 65518, 65519, 65520, 65520, 65521, 65522, 65522, 65523, 65523, 65524, 65524, 65525, 65525,
    65526, 65526, 65526, 65527, 65527, 65528, 65528, 65528, 65529, 65529, 65529, 65529, 65530, 65530, 65530,
    65530, 65531, 65531, 65531, 65531, 65531, 65532, 65532, 65532, 65532, 65532, 65532, 65533, 65533, 65533,
    65533, 65533, 65533, 65533, 65533, 65534, 65534, 65534, 65534, 65534, 65534, 65534, 65534, 65534, 65534,
    65535};

// The table at x / 2^bits, between its entries by straight lines, times 2^bits; `most` beyond its end.
uint32_t lookUp(uint32_t x, uint32_t bits, uint32_t most) {
  const uint32_t at = x >> bits;
  if (at >= 255) return most << bits;
  const uint32_t rest = x & ((1u << bits) - 1u);
  return (static_cast<uint32_t>(kTable[at]) << bits) +
         rest * (static_cast<uint32_t>(kTable[at + 1]) - kTable[at]);
}

uint32_t magnitude(int32_t x) { return x < 0 ? 0u - static_cast<uint32_t>(x) : static_cast<uint32_t>(x); }

// x in 1 / 12288.
int16_t logisticAt(int32_t x) {
  const uint32_t found = lookUp(magnitude(x), 9, 0xFFFE);
  const uint32_t sum = x >= 0 ? found + (1u << 9) : (1u << 25) - found + (1u << 9) - 1u;
  return static_cast<int16_t>(sum >> 10);
}

int16_t tanhAt(int32_t x) {
  const int32_t found = static_cast<int32_t>(lookUp(magnitude(x), 8, 0xFFFF));
  const int32_t sum = x >= 0 ? found - (1 << 23) + (1 << 7) : -found + (1 << 23) + (1 << 7) - 1;
  return static_cast<int16_t>(sum >> 8);
}

template <int16_t (*function)(int32_t)>
void map(const Sigmoid16Params& params, const int16_t* input, int16_t* output) {
  const int32_t round = params.shift > 0 ? 1 << (params.shift - 1) : 0;
  for (uint32_t i = 0; i < params.count; i++)
    output[i] = function((input[i] * params.multiplier + round) >> params.shift);
}
}  // namespace

void logisticOf16(const Sigmoid16Params& params, const int16_t* input, int16_t* output) {
  map<logisticAt>(params, input, output);
}

void tanhOf16(const Sigmoid16Params& params, const int16_t* input, int16_t* output) {
  map<tanhAt>(params, input, output);
}

int16_t logistic16(int32_t x) { return logisticAt(3 * x); }

int16_t tanh16(int32_t stored, int32_t shift) {
  return tanhAt(shift >= 0 ? stored * (3 << shift) : (stored * 3 + (1 << (-shift - 1))) >> -shift);
}

}  // namespace nn
}  // namespace dormouse
