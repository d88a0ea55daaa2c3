#include "lstm.h"

#include <stddef.h>

#include "gemm.h"
#include "requantize16.h"
#include "sigmoid16.h"

namespace dormouse {
namespace nn {

namespace {
int16_t to16(int32_t x) { return static_cast<int16_t>(clamp(x, INT16_MIN, INT16_MAX)); }

template <typename T>
struct Product {
  const T* row;
  const int8_t* weights;
  const int32_t* bias;
  const Multiplier* multiplier;
  uint32_t depth;
  int16_t offset;
};

// sums[i] = or (add) += the product's, each cut off at 16 bits.
void multiplyTo16(const Product<int8_t>& product, uint32_t units, bool add, int16_t* sums) {
  Gemm gemm;
  gemm.depth = product.depth;
  gemm.channels = units;
  gemm.outStride = 0;
  gemm.inputOffset = product.offset;
  const int8_t* weights = product.weights;
  uint32_t done = 0;
  while (done < units) {
    uint32_t parts[4];
    const uint32_t count = sumRows(gemm, product.row, weights, units - done, parts);
    for (uint32_t i = 0; i < count; i++, done++) {
      const uint32_t bias = product.bias == nullptr ? 0u : static_cast<uint32_t>(product.bias[done]);
      const int16_t scaled = to16(multiply(static_cast<int32_t>(parts[i] + bias), *product.multiplier));
      sums[done] = add ? to16(sums[done] + scaled) : scaled;
    }
    weights += count * product.depth;
  }
}

void multiplyTo16(const Product<int16_t>& product, uint32_t units, bool add, int16_t* sums) {
  const Multiplier& m = *product.multiplier;
  WideBias bias;
  bias.words = product.bias;
  bias.perChannel = product.bias == nullptr ? 0 : 2;
  const int8_t* weights = product.weights;
  for (uint32_t i = 0; i < units; i++, weights += product.depth) {
    const int64_t sum = wrapAdd64(dot16(product.row, weights, product.depth), bias.at(i));
    const int16_t scaled = to16(multiplyWide(sum, m.value, m.shift));
    sums[i] = add ? to16(sums[i] + scaled) : scaled;
  }
}

template <typename T>
void computeGate(const LstmParams& params, uint32_t number, const T* input, const T* hidden,
                 int16_t* result) {
  const LstmGate& gate = params.gates[number];
  const Product<T> fromInput = {input,       gate.inputWeights, gate.bias,
                                &gate.input, params.depth,      params.inputOffset};
  const Product<T> fromHidden = {hidden,       gate.hiddenWeights, nullptr,
                                 &gate.hidden, params.units,       params.hiddenOffset};
  multiplyTo16(fromInput, params.units, false, result);
  multiplyTo16(fromHidden, params.units, true, result);
  for (uint32_t i = 0; i < params.units; i++)
    result[i] = number == kCellGate ? tanh16(result[i], 0) : logistic16(result[i]);
}

template <typename T>
void step(const LstmParams& params, const T* input, T* hidden, int16_t* cells, int16_t* scratch) {
  const uint32_t units = params.units;
  const int32_t lowest = sizeof(T) == 1 ? -128 : INT16_MIN;
  int16_t* const first = scratch;
  int16_t* const second = scratch + units;
  int16_t* const third = second + units;
  computeGate(params, kForgetGate, input, hidden, first);
  computeGate(params, kInputGate, input, hidden, second);
  computeGate(params, kCellGate, input, hidden, third);
  for (uint32_t i = 0; i < units; i++) {
    const int16_t kept = to16(multiply(first[i] * cells[i], params.forgetTimesCell));
    const int16_t added = to16(multiply(second[i] * third[i], params.inputTimesCell));
    const int16_t sum = to16(kept + added);
    cells[i] = params.clip == 0 ? sum : static_cast<int16_t>(clamp(sum, -params.clip, params.clip));
  }
  computeGate(params, kOutputGate, input, hidden, first);
  for (uint32_t i = 0; i < units; i++) {
    const int32_t product = tanh16(cells[i], params.cellShift) * first[i];
    const int32_t value = wrapAdd(multiply(product, params.outputTimesCell), params.hiddenZeroPoint);
    hidden[i] = static_cast<T>(clamp(value, lowest, -1 - lowest));
  }
}

template <typename T>
void allSteps(const LstmParams& params, const T* input, T* hidden, int16_t* cells, T* output, void* scratch) {
  // Sequences do not see each other.
  for (uint32_t batch = 0; batch < params.batches; batch++, hidden += params.units, cells += params.units) {
    for (uint32_t t = 0; t < params.steps; t++) {
      const size_t row = params.timeMajor ? static_cast<size_t>(t) * params.batches + batch
                                          : static_cast<size_t>(batch) * params.steps + t;
      step(params, input + row * params.depth, hidden, cells, static_cast<int16_t*>(scratch));
      __builtin_memcpy(output + row * params.units, hidden, params.units * sizeof(T));
    }
  }
}
}  // namespace

void lstm(const LstmParams& params, const int8_t* input, int8_t* hidden, int16_t* cells, int8_t* output,
          void* scratch) {
  allSteps(params, input, hidden, cells, output, scratch);
}

void lstm16(const LstmParams& params, const int16_t* input, int16_t* hidden, int16_t* cells, int16_t* output,
            void* scratch) {
  allSteps(params, input, hidden, cells, output, scratch);
}

uint32_t lstmScratchBytes(const LstmParams& params) { return params.units * 3u * 2u; }

}  // namespace nn
}  // namespace dormouse
