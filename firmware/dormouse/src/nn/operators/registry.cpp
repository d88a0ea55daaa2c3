// Every operator that the engine runs. A program for one model may name just that model's, and the linker
// drops the others: -DDORMOUSE_NN_OPERATIONS=&kConvOperation,&kSoftmaxOperation (see common.h for the names).
#include "common.h"

namespace dormouse {
namespace nn {

namespace {
#if defined(DORMOUSE_NN_OPERATIONS)
const Operation* const kAll[] = {DORMOUSE_NN_OPERATIONS};
#else
const Operation* const kAll[] = {&kAddInt16Operation,
                                 &kAddOperation,
                                 &kArgMaxOperation,
                                 &kAveragePoolInt16Operation,
                                 &kAveragePoolOperation,
                                 &kConcatenationOperation,
                                 &kConvInt16Operation,
                                 &kConvOperation,
                                 &kDepthwiseInt16Operation,
                                 &kDepthwiseOperation,
                                 &kDequantizeOperation,
                                 &kExpandDimsOperation,
                                 &kFullyConnectedInt16Operation,
                                 &kFullyConnectedOperation,
                                 &kHardSwishOperation,
                                 &kLeakyReluInt16Operation,
                                 &kLeakyReluOperation,
                                 &kLogisticInt16Operation,
                                 &kLogisticOperation,
                                 &kMaxPoolInt16Operation,
                                 &kMaxPoolOperation,
                                 &kMaximumInt16Operation,
                                 &kMaximumOperation,
                                 &kMeanInt16Operation,
                                 &kMeanOperation,
                                 &kMinimumInt16Operation,
                                 &kMinimumOperation,
                                 &kMulInt16Operation,
                                 &kMulOperation,
                                 &kPadInt16Operation,
                                 &kPadOperation,
                                 &kPadV2Int16Operation,
                                 &kPadV2Operation,
                                 &kQuantizeOperation,
                                 &kRelu6Int16Operation,
                                 &kRelu6Operation,
                                 &kReluInt16Operation,
                                 &kReluOperation,
                                 &kReshapeOperation,
                                 &kResizeNearestOperation,
                                 &kSoftmaxInt16Operation,
                                 &kSoftmaxOperation,
                                 &kSplitOperation,
                                 &kSqueezeOperation,
                                 &kStridedSliceOperation,
                                 &kSubInt16Operation,
                                 &kSubOperation,
                                 &kSvdfOperation,
                                 &kTanhInt16Operation,
                                 &kTanhOperation,
                                 &kTransposeOperation,
                                 &kUnidirectionalSequenceLstmInt16Operation,
                                 &kUnidirectionalSequenceLstmOperation};
#endif
}  // namespace

const Operation* const* operationsBegin() { return kAll; }
const Operation* const* operationsEnd() { return kAll + sizeof kAll / sizeof kAll[0]; }

const Operation* findOperation(int32_t code, bool wide) {
  const Operation* found = nullptr;
  for (const Operation* const operation : kAll) {
    if ((operation->code & ~kWideForm) != code) continue;
    if (((operation->code & kWideForm) != 0) == wide) return operation;
    found = operation;
  }
  return found;
}

}  // namespace nn
}  // namespace dormouse
