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

inline const int8_t* int8Data(const Tensor* tensor) { return reinterpret_cast<const int8_t*>(tensor->data); }
inline const int32_t* int32Data(const Tensor* tensor) {
  return tensor == nullptr ? nullptr : reinterpret_cast<const int32_t*>(tensor->data);
}

extern const Operation kAddOperation;
extern const Operation kArgMaxOperation;
extern const Operation kAveragePoolOperation;
extern const Operation kConcatenationOperation;
extern const Operation kConvOperation;
extern const Operation kDepthwiseOperation;
extern const Operation kDequantizeOperation;
extern const Operation kExpandDimsOperation;
extern const Operation kFullyConnectedOperation;
extern const Operation kHardSwishOperation;
extern const Operation kLeakyReluOperation;
extern const Operation kLogisticOperation;
extern const Operation kMaxPoolOperation;
extern const Operation kMaximumOperation;
extern const Operation kMeanOperation;
extern const Operation kMinimumOperation;
extern const Operation kMulOperation;
extern const Operation kPadOperation;
extern const Operation kPadV2Operation;
extern const Operation kQuantizeOperation;
extern const Operation kReluOperation;
extern const Operation kRelu6Operation;
extern const Operation kReshapeOperation;
extern const Operation kResizeNearestOperation;
extern const Operation kSoftmaxOperation;
extern const Operation kSplitOperation;
extern const Operation kSqueezeOperation;
extern const Operation kStridedSliceOperation;
extern const Operation kSubOperation;
extern const Operation kSvdfOperation;
extern const Operation kTanhOperation;
extern const Operation kTransposeOperation;
extern const Operation kUnidirectionalSequenceLstmOperation;

}  // namespace nn
}  // namespace dormouse

#endif
