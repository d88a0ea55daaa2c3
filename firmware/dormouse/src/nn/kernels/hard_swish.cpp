#include "hard_swish.h"

namespace dormouse {
namespace nn {

namespace {
// Above so many values all 256 answers are found once and looked up.
const uint32_t kTableFrom = 320;

int16_t saturated(int64_t x) {
  return static_cast<int16_t>(x > INT16_MAX ? INT16_MAX : (x < INT16_MIN ? INT16_MIN : x));
}

// a * b / 2^15, halves away from zero as far as TFLite's nudge goes; b is not negative.
int16_t multiplyHigh16(int16_t a, int16_t b) {
  const int32_t product = a * b;
  return static_cast<int16_t>((product + (product >= 0 ? 1 << 14 : 1 - (1 << 14))) / (1 << 15));
}

// x / 2^bits, halves away from zero, bits 0 to 31: in 16 bits as TFLite has it, also where they do not
// suffice.
int16_t divide16(int16_t x, int32_t bits) {
  const int16_t mask = static_cast<int16_t>((1u << bits) - 1u);
  const int32_t rest = x & mask;
  const int32_t threshold = (mask >> 1) + (x < 0 ? 1 : 0);
  return static_cast<int16_t>((x >> bits) + (rest > threshold ? 1 : 0));
}

int8_t valueOf(const HardSwishParams& params, int32_t stored) {
  const int16_t fine = static_cast<int16_t>((stored - params.inputZeroPoint) * 128);
  const int16_t scaled = multiplyHigh16(fine, params.output);
  // (x + 3) / 6, cut off at 0 and 1: the last bit of a shift to the left saturates, those before it may.
  int16_t ramp = fine;
  if (params.rampShift > 0) ramp = saturated(static_cast<int64_t>(ramp) * (1 << (params.rampShift - 1)));
  ramp = multiplyHigh16(ramp, params.ramp);
  if (params.rampShift > 0) ramp = saturated(ramp * 2);
  if (params.rampShift < 0) ramp = divide16(ramp, -params.rampShift);
  ramp = static_cast<int16_t>((ramp + (1 << 15)) >> 1);
  const int16_t product = static_cast<int16_t>(ramp * scaled / (1 << 15));  // towards zero
  const int16_t sum = static_cast<int16_t>(divide16(product, -params.outputShift) + params.outputZeroPoint);
  return static_cast<int8_t>(clamp(sum, -128, 127));
}
}  // namespace

void hardSwish(const HardSwishParams& params, const int8_t* input, int8_t* output, void* scratch) {
  if (params.count < kTableFrom) {
    for (uint32_t i = 0; i < params.count; i++) output[i] = valueOf(params, input[i]);
    return;
  }
  int8_t* const table = static_cast<int8_t*>(scratch) + 128;
  for (int32_t x = -128; x < 128; x++) table[x] = valueOf(params, x);
  for (uint32_t i = 0; i < params.count; i++) output[i] = table[input[i]];
}

uint32_t hardSwishScratchBytes(const HardSwishParams& params) { return params.count < kTableFrom ? 0 : 256; }

}  // namespace nn
}  // namespace dormouse
