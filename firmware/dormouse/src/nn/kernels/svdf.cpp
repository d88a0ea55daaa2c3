#include "svdf.h"

#include "gemm.h"

namespace dormouse {
namespace nn {

namespace {
template <typename T>
void remember(const SvdfParams& params, const int8_t* input, const int8_t* features, T* state) {
  const uint32_t kept = params.batches * params.filters * params.memory;
  // The first of each row moves into the row before, where it is overwritten.
  for (uint32_t i = 1; i < kept; i++) state[i - 1] = state[i];
  Gemm gemm;
  gemm.depth = params.depth;
  gemm.channels = params.filters;
  gemm.outStride = 0;
  gemm.inputOffset = params.inputOffset;
  const int32_t most = (1 << (8 * static_cast<int32_t>(sizeof(T)) - 1)) - 1;
  T* newest = state + params.memory - 1;
  for (uint32_t batch = 0; batch < params.batches; batch++, input += params.depth) {
    const int8_t* weights = features;
    uint32_t done = 0;
    while (done < params.filters) {
      uint32_t sums[4];
      const uint32_t count = sumRows(gemm, input, weights, params.filters - done, sums);
      for (uint32_t i = 0; i < count; i++, newest += params.memory) {
        const int32_t value = clamp(multiply(static_cast<int32_t>(sums[i]), params.feature), -1 - most, most);
        *newest = static_cast<T>(value + params.stateZeroPoint);
      }
      weights += count * params.depth;
      done += count;
    }
  }
}

template <typename T>
void weigh(const SvdfParams& params, const T* times, const int32_t* bias, const T* state, int8_t* output) {
  const uint32_t units = params.filters / params.rank;
  const uint32_t perUnit = params.rank * params.memory;
  for (uint32_t batch = 0; batch < params.batches; batch++) {
    const T* weight = times;
    for (uint32_t unit = 0; unit < units; unit++) {
      uint32_t sum = bias == nullptr ? 0u : static_cast<uint32_t>(bias[unit]);
      for (uint32_t i = 0; i < perUnit; i++)
        sum += static_cast<uint32_t>(*weight++ * (*state++ - params.stateZeroPoint));
      const int32_t scaled = multiply(static_cast<int32_t>(sum), params.output);
      *output++ = static_cast<int8_t>(clamp(wrapAdd(scaled, params.outputZeroPoint), -128, 127));
    }
  }
}

template <typename T>
void run(const SvdfParams& params, const int8_t* input, const int8_t* features, const void* times,
         const int32_t* bias, void* state, int8_t* output) {
  remember(params, input, features, static_cast<T*>(state));
  weigh(params, static_cast<const T*>(times), bias, static_cast<const T*>(state), output);
}
}  // namespace

void svdf(const SvdfParams& params, bool wide, const int8_t* input, const int8_t* features, const void* times,
          const int32_t* bias, void* state, int8_t* output) {
  if (wide)
    run<int16_t>(params, input, features, times, bias, state, output);
  else
    run<int8_t>(params, input, features, times, bias, state, output);
}

}  // namespace nn
}  // namespace dormouse
