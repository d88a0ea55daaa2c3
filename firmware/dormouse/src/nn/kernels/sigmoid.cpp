#include "sigmoid.h"

#include "exponential.h"

namespace dormouse {
namespace nn {

namespace {
// Above so many values all 256 answers are found once and looked up.
const uint32_t kTableFrom = 384;

int8_t logisticByte(int32_t x) {
  return static_cast<int8_t>(clamp(divideByPowerOfTwo(logistic(x), 23) - 128, -128, 127));
}

int8_t tanhByte(int32_t x) {
  return static_cast<int8_t>(clamp(divideByPowerOfTwo(hyperbolicTangent(x), 24), -128, 127));
}

template <int8_t (*function)(int32_t)>
int8_t valueOf(const SigmoidParams& params, int32_t stored) {
  const int32_t x = stored - params.inputZeroPoint;
  if (x <= -params.radius) return -128;
  if (x >= params.radius) return 127;
  return function(multiply(x, params.multiplier));
}

template <int8_t (*function)(int32_t)>
void map(const SigmoidParams& params, const int8_t* input, int8_t* output, void* scratch) {
  if (params.count < kTableFrom) {
    for (uint32_t i = 0; i < params.count; i++) output[i] = valueOf<function>(params, input[i]);
    return;
  }
  int8_t* const table = static_cast<int8_t*>(scratch) + 128;
  for (int32_t x = -128; x < 128; x++) table[x] = valueOf<function>(params, x);
  for (uint32_t i = 0; i < params.count; i++) output[i] = table[input[i]];
}
}  // namespace

void logisticOf(const SigmoidParams& params, const int8_t* input, int8_t* output, void* scratch) {
  map<logisticByte>(params, input, output, scratch);
}

void tanhOf(const SigmoidParams& params, const int8_t* input, int8_t* output, void* scratch) {
  map<tanhByte>(params, input, output, scratch);
}

uint32_t sigmoidScratchBytes(const SigmoidParams& params) { return params.count < kTableFrom ? 0 : 256; }

}  // namespace nn
}  // namespace dormouse
