// What several operators' prepare functions share. Inside nn/operators only.
#ifndef DORMOUSE_NN_OPERATORS_COMMON_H
#define DORMOUSE_NN_OPERATORS_COMMON_H

#include "../kernels/requantize.h"
#include "../kernels/window.h"
#include "../preparation.h"
#include "../schema.h"
#include "calls.h"

namespace dormouse {
namespace nn {

struct WindowOptions {
  uint8_t padding;
  int32_t height;
  int32_t width;
  int32_t strideY;
  int32_t strideX;
  int32_t dilationY;
  int32_t dilationX;
};

// From [batch, height, width, channels] tensors; refuses where the output's shape is not what the options
// give.
bool makeWindow(Preparation& p, const WindowOptions& options, Window* window);

struct WeightedOperator {
  const Tensor* input;
  const Tensor* weights;
  const Tensor* bias;  // nullptr: none
  uint32_t channels;   // of the output
  uint32_t dimension;  // of the weights along which channels lie
  uint32_t depth;      // products behind each output
  uint8_t activation;
};

// Multipliers for each channel, or for all of a fully connected operator, from the input's, the weights' and
// the output's scales.
bool makeRequantization(Preparation& p, const WeightedOperator& o, Requantization* requantization);

// The type of values, for prepare functions that serve int8 and int16.
template <typename T>
struct TypeOf;
template <>
struct TypeOf<int8_t> {
  static bool expect(Preparation& p, const Tensor* tensor) { return p.expectInt8(tensor); }
  enum { kLow = -128, kHigh = 127, kForm = 0 };
};
template <>
struct TypeOf<int16_t> {
  static bool expect(Preparation& p, const Tensor* tensor) { return p.expectInt16(tensor); }
  enum { kLow = INT16_MIN, kHigh = INT16_MAX, kForm = kWideForm };
};

template <typename T>
const T* valuesOf(const Tensor* tensor) {
  return reinterpret_cast<const T*>(tensor->data);
}
template <typename T>
T* outputOf(const Node& node) {
  return reinterpret_cast<T*>(node.output->data);
}

// Inputs of operators with weights.
struct Weighted {
  const Tensor* input;
  const Tensor* weights;
  const Tensor* bias;  // nullptr: none
};

// All but the bias: values of type T in and out, constant int8 weights of this rank.
template <typename T>
bool expectWeighted(Preparation& p, uint32_t rank, Weighted* parts) {
  if (!p.expectTensors(2, 3, 2)) return false;
  parts->input = p.input(0);
  parts->weights = p.input(1);
  parts->bias = p.input(2);
  return TypeOf<T>::expect(p, parts->input) && p.expectType(parts->weights, kInt8) &&
         p.expectConstant(parts->weights) && TypeOf<T>::expect(p, p.output()) &&
         p.expectRank(parts->weights, rank);
}

inline const int8_t* int8Data(const Tensor* tensor) { return reinterpret_cast<const int8_t*>(tensor->data); }
inline const int32_t* int32Data(const Tensor* tensor) {
  return tensor == nullptr ? nullptr : reinterpret_cast<const int32_t*>(tensor->data);
}

extern const Operation kAddInt16Operation;
extern const Operation kAddOperation;
extern const Operation kArgMaxOperation;
extern const Operation kAveragePoolInt16Operation;
extern const Operation kAveragePoolOperation;
extern const Operation kConcatenationOperation;
extern const Operation kConvInt16Operation;
extern const Operation kConvOperation;
extern const Operation kDepthwiseInt16Operation;
extern const Operation kDepthwiseOperation;
extern const Operation kDequantizeOperation;
extern const Operation kExpandDimsOperation;
extern const Operation kFullyConnectedInt16Operation;
extern const Operation kFullyConnectedOperation;
extern const Operation kHardSwishOperation;
extern const Operation kLeakyReluInt16Operation;
extern const Operation kLeakyReluOperation;
extern const Operation kLogisticInt16Operation;
extern const Operation kLogisticOperation;
extern const Operation kMaxPoolInt16Operation;
extern const Operation kMaxPoolOperation;
extern const Operation kMaximumInt16Operation;
extern const Operation kMaximumOperation;
extern const Operation kMeanInt16Operation;
extern const Operation kMeanOperation;
extern const Operation kMinimumInt16Operation;
extern const Operation kMinimumOperation;
extern const Operation kMulInt16Operation;
extern const Operation kMulOperation;
extern const Operation kPadInt16Operation;
extern const Operation kPadOperation;
extern const Operation kPadV2Int16Operation;
extern const Operation kPadV2Operation;
extern const Operation kQuantizeOperation;
extern const Operation kRelu6Int16Operation;
extern const Operation kRelu6Operation;
extern const Operation kReluInt16Operation;
extern const Operation kReluOperation;
extern const Operation kReshapeOperation;
extern const Operation kResizeNearestOperation;
extern const Operation kSoftmaxInt16Operation;
extern const Operation kSoftmaxOperation;
extern const Operation kSplitOperation;
extern const Operation kSqueezeOperation;
extern const Operation kStridedSliceOperation;
extern const Operation kSubInt16Operation;
extern const Operation kSubOperation;
extern const Operation kSvdfOperation;
extern const Operation kTanhInt16Operation;
extern const Operation kTanhOperation;
extern const Operation kTransposeOperation;
extern const Operation kUnidirectionalSequenceLstmInt16Operation;
extern const Operation kUnidirectionalSequenceLstmOperation;

}  // namespace nn
}  // namespace dormouse

#endif
