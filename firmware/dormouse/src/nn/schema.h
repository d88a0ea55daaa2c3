// The numbers of the .tflite schema (version 3) that the engine reads: fields by table, enumerations.
#ifndef DORMOUSE_NN_SCHEMA_H
#define DORMOUSE_NN_SCHEMA_H

#include <stdint.h>

namespace dormouse {
namespace nn {
namespace schema {

enum ModelField {
  kModelVersion = 0,
  kModelOperatorCodes = 1,
  kModelSubgraphs = 2,
  kModelBuffers = 4,
  kModelMetadata = 6
};
enum MetadataField { kMetadataName = 0, kMetadataBuffer = 1 };
enum OperatorCodeField { kCodeDeprecated = 0, kCodeCustom = 1, kCodeVersion = 2, kCodeBuiltin = 3 };
enum SubgraphField { kGraphTensors = 0, kGraphInputs = 1, kGraphOutputs = 2, kGraphOperators = 3 };
enum TensorField {
  kTensorShape = 0,
  kTensorType = 1,
  kTensorBuffer = 2,
  kTensorName = 3,
  kTensorQuantization = 4,
  kTensorIsVariable = 5,
  kTensorSparsity = 6
};
enum BufferField { kBufferData = 0, kBufferOffset = 1 };
enum QuantizationField { kQuantScale = 2, kQuantZeroPoint = 3, kQuantDetails = 5, kQuantDimension = 6 };
enum OperatorField { kOperatorCode = 0, kOperatorInputs = 1, kOperatorOutputs = 2, kOperatorOptions = 4 };

enum Conv2DField {
  kConvPadding = 0,
  kConvStrideW = 1,
  kConvStrideH = 2,
  kConvActivation = 3,
  kConvDilationW = 4,
  kConvDilationH = 5,
  kConvBiasType = 6
};
enum DepthwiseField {
  kDepthwisePadding = 0,
  kDepthwiseStrideW = 1,
  kDepthwiseStrideH = 2,
  kDepthwiseMultiplier = 3,
  kDepthwiseActivation = 4,
  kDepthwiseDilationW = 5,
  kDepthwiseDilationH = 6
};
enum Pool2DField {
  kPoolPadding = 0,
  kPoolStrideW = 1,
  kPoolStrideH = 2,
  kPoolFilterW = 3,
  kPoolFilterH = 4,
  kPoolActivation = 5
};
enum FullyConnectedField { kDenseActivation = 0, kDenseWeightsFormat = 1, kDenseBiasType = 4 };
enum SoftmaxField { kSoftmaxBeta = 0 };
// Of ADD, SUB and MUL.
enum AddField { kAddActivation = 0 };
enum ConcatenationField { kConcatenationAxis = 0, kConcatenationActivation = 1 };
enum StridedSliceField {
  kSliceBeginMask = 0,
  kSliceEndMask = 1,
  kSliceEllipsisMask = 2,
  kSliceNewAxisMask = 3,
  kSliceShrinkMask = 4,
  kSliceOffset = 5
};
enum ResizeNearestField { kResizeAlignCorners = 0, kResizeHalfPixelCenters = 1 };
enum SvdfField { kSvdfRank = 0, kSvdfActivation = 1 };
enum SequenceLstmField { kLstmActivation = 0, kLstmCellClip = 1, kLstmTimeMajor = 3 };
enum LeakyReluField { kLeakyReluAlpha = 0 };

enum Padding { kSame = 0, kValid = 1 };
enum Activation { kNone = 0, kRelu = 1, kReluN1To1 = 2, kRelu6 = 3, kTanhActivation = 4 };

enum BuiltinOperator {
  kAdd = 0,
  kAveragePool2D = 1,
  kConcatenation = 2,
  kConv2D = 3,
  kDepthwiseConv2D = 4,
  kDequantize = 6,
  kFullyConnected = 9,
  kLogistic = 14,
  kMaxPool2D = 17,
  kMul = 18,
  kReluOperator = 19,
  kRelu6Operator = 21,
  kReshape = 22,
  kSoftmax = 25,
  kSvdf = 27,
  kTanh = 28,
  kCustom = 32,
  kPad = 34,
  kTranspose = 39,
  kMean = 40,
  kSub = 41,
  kSqueeze = 43,
  kUnidirectionalSequenceLstm = 44,
  kStridedSlice = 45,
  kSplit = 49,
  kMaximum = 55,
  kArgMax = 56,
  kMinimum = 57,
  kPadV2 = 60,
  kExpandDims = 70,
  kResizeNearestNeighbor = 97,
  kLeakyRelu = 98,
  kQuantize = 114,
  kHardSwish = 117,
  kPlaceholder = 127
};

}  // namespace schema
}  // namespace nn
}  // namespace dormouse

#endif
