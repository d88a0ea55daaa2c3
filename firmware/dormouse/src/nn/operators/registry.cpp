// Every operator that the engine runs.
#include "common.h"

namespace dormouse {
namespace nn {

const Operation* findOperation(int32_t code) {
  static const Operation* const kAll[] = {&kAddOperation,
                                          &kAveragePoolOperation,
                                          &kConvOperation,
                                          &kDepthwiseOperation,
                                          &kDequantizeOperation,
                                          &kExpandDimsOperation,
                                          &kFullyConnectedOperation,
                                          &kLogisticOperation,
                                          &kMaxPoolOperation,
                                          &kMeanOperation,
                                          &kPadOperation,
                                          &kPadV2Operation,
                                          &kQuantizeOperation,
                                          &kReshapeOperation,
                                          &kSoftmaxOperation,
                                          &kSqueezeOperation,
                                          &kTanhOperation};
  for (const Operation* const operation : kAll) {
    if (operation->code == code) return operation;
  }
  return nullptr;
}

}  // namespace nn
}  // namespace dormouse
