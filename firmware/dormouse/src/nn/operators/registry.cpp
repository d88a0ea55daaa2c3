// Every operator that the engine runs. A program for one model may name just that model's, and the linker
// drops the others: -DDORMOUSE_NN_OPERATIONS=&kConvOperation,&kSoftmaxOperation (see common.h for the names).
#include "common.h"

namespace dormouse {
namespace nn {

namespace {
#if defined(DORMOUSE_NN_OPERATIONS)
const Operation* const kAll[] = {DORMOUSE_NN_OPERATIONS};
#else
const Operation* const kAll[] = {
    &kAddOperation,           &kArgMaxOperation,     &kAveragePoolOperation,
    &kConcatenationOperation, &kConvOperation,       &kDepthwiseOperation,
    &kDequantizeOperation,    &kExpandDimsOperation, &kFullyConnectedOperation,
    &kHardSwishOperation,     &kLeakyReluOperation,  &kLogisticOperation,
    &kMaxPoolOperation,       &kMaximumOperation,    &kMeanOperation,
    &kMinimumOperation,       &kMulOperation,        &kPadOperation,
    &kPadV2Operation,         &kQuantizeOperation,   &kRelu6Operation,
    &kReluOperation,          &kReshapeOperation,    &kResizeNearestOperation,
    &kSoftmaxOperation,       &kSplitOperation,      &kSqueezeOperation,
    &kStridedSliceOperation,  &kSubOperation,        &kSvdfOperation,
    &kTanhOperation,          &kTransposeOperation,  &kUnidirectionalSequenceLstmOperation};
#endif
}  // namespace

const Operation* const* operationsBegin() { return kAll; }
const Operation* const* operationsEnd() { return kAll + sizeof kAll / sizeof kAll[0]; }

const Operation* findOperation(int32_t code) {
  for (const Operation* const operation : kAll) {
    if (operation->code == code) return operation;
  }
  return nullptr;
}

}  // namespace nn
}  // namespace dormouse
