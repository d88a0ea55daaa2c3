/** The encoder; the decoder is the app's (src/link/wire/adpcm.ts). */
#include "adpcm.h"

namespace dormouse {
namespace wire {

static const int16_t kSteps[89] = {
    7,    8,     9,     10,    11,    12,    13,    14,    16,    17,    19,    21,    23,    25,   28,
    31,   34,    37,    41,    45,    50,    55,    60,    66,    73,    80,    88,    97,    107,  118,
    130,  143,   157,   173,   190,   209,   230,   253,   279,   307,   337,   371,   408,   449,  494,
    544,  598,   658,   724,   796,   876,   963,   1060,  1166,  1282,  1411,  1552,  1707,  1878, 2066,
    2272, 2499,  2749,  3024,  3327,  3660,  4026,  4428,  4871,  5358,  5894,  6484,  7132,  7845, 8630,
    9493, 10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623, 27086, 29794, 32767};

static const int8_t kMoves[8] = {-1, -1, -1, -1, 2, 4, 6, 8};

static int32_t within(int32_t value, int32_t low, int32_t high) {
  return value < low ? low : value > high ? high : value;
}

/** One sample as 4 bits; moves the state as the decoder will. */
static uint8_t encodeOne(AdpcmState* state, int32_t sample) {
  int32_t step = kSteps[state->index];
  int32_t apart = sample - state->predictor;
  uint8_t code = 0;
  if (apart < 0) {
    code = 8;
    apart = -apart;
  }
  int32_t change = step >> 3;
  for (uint8_t bit = 4; bit > 0; bit = static_cast<uint8_t>(bit >> 1)) {
    if (apart >= step) {
      code = static_cast<uint8_t>(code | bit);
      apart -= step;
      change += step;
    }
    step >>= 1;
  }
  const int32_t next = (code & 8) ? state->predictor - change : state->predictor + change;
  state->predictor = static_cast<int16_t>(within(next, -32768, 32767));
  state->index = static_cast<uint8_t>(within(state->index + kMoves[code & 7], 0, 88));
  return code;
}

void adpcmEncode(AdpcmState* state, const int16_t* samples, uint32_t count, uint8_t* bytes) {
  for (uint32_t i = 0; i < count; i += 2) {
    const uint8_t low = encodeOne(state, samples[i]);
    const uint8_t high = i + 1 < count ? encodeOne(state, samples[i + 1]) : 0;
    bytes[i / 2] = static_cast<uint8_t>(low | (high << 4));
  }
}

}  // namespace wire
}  // namespace dormouse
