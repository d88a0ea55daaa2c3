// The fields of kernels' parameters, in the order in which they are declared, as a C++ initialiser needs
// them. A field left out is found when the generated code is compiled: it then lacks an initialiser.
#ifndef DORMOUSE_NN_OPERATORS_RECORD_FIELDS_H
#define DORMOUSE_NN_OPERATORS_RECORD_FIELDS_H

#if defined(DORMOUSE_NN_RECORDS)

#include "../kernels/add.h"
#include "../kernels/arg_max.h"
#include "../kernels/conv.h"
#include "../kernels/conv16.h"
#include "../kernels/depthwise.h"
#include "../kernels/depthwise16.h"
#include "../kernels/fully_connected.h"
#include "../kernels/fully_connected16.h"
#include "../kernels/hard_swish.h"
#include "../kernels/lstm.h"
#include "../kernels/mean.h"
#include "../kernels/multiply.h"
#include "../kernels/pad.h"
#include "../kernels/pool.h"
#include "../kernels/quantize.h"
#include "../kernels/ramp.h"
#include "../kernels/resize_nearest.h"
#include "../kernels/rows.h"
#include "../kernels/sigmoid.h"
#include "../kernels/sigmoid16.h"
#include "../kernels/softmax.h"
#include "../kernels/softmax16.h"
#include "../kernels/strided.h"
#include "../kernels/svdf.h"
#include "record.h"

namespace dormouse {
namespace nn {

template <typename T, uint32_t count>
Each<T> all(const T (&values)[count]) {
  const Each<T> each = {values, count};
  return each;
}

inline void write(Recorder& r, const Multiplier& p) { r.structure("Multiplier", p.value, p.shift); }

inline void write(Recorder& r, const Window& p) {
  r.structure("Window", p.batches, p.inHeight, p.inWidth, p.inChannels, p.outHeight, p.outWidth,
              p.outChannels, p.height, p.width, p.strideY, p.strideX, p.dilationY, p.dilationX, p.padTop,
              p.padLeft);
}

// Of so many channels.
struct ChannelRequantization {
  const Requantization& of;
  uint32_t channels;
};
inline void write(Recorder& r, const ChannelRequantization& p) {
  const uint32_t count = p.of.step == 0 ? 1 : p.channels;
  const Behind<int32_t> multipliers = {p.of.multipliers, count};
  const Behind<int8_t> rights = {p.of.rights, count};
  r.structure("Requantization", multipliers, rights, p.of.step, p.of.quick, p.of.outputOffset, p.of.low,
              p.of.high);
}

inline void write(Recorder& r, const ConvParams& p) {
  const ChannelRequantization requantization = {p.requantization, p.window.outChannels};
  r.structure("ConvParams", p.window, p.filterChannels, p.channelsPerGroup, p.inputOffset, requantization);
}

inline void write(Recorder& r, const DepthwiseParams& p) {
  const ChannelRequantization requantization = {p.requantization, p.window.outChannels};
  r.structure("DepthwiseParams", p.window, p.multiplier, p.inputOffset, requantization);
}

inline void write(Recorder& r, const FullyConnectedParams& p) {
  const ChannelRequantization requantization = {p.requantization, p.channels};
  r.structure("FullyConnectedParams", p.batches, p.depth, p.channels, p.inputOffset, p.weightsOffset,
              requantization);
}

inline void write(Recorder& r, const WideBias& p) { r.structure("WideBias", p.words, p.perChannel); }

struct ChannelWideRequantization {
  const WideRequantization& of;
  uint32_t channels;
};
inline void write(Recorder& r, const ChannelWideRequantization& p) {
  const ChannelRequantization common = {p.of.common, p.channels};
  r.structure("WideRequantization", common, p.of.narrow);
}

inline void write(Recorder& r, const WideConvParams& p) {
  const ChannelWideRequantization requantization = {p.requantization, p.window.outChannels};
  r.structure("WideConvParams", p.window, p.filterChannels, p.channelsPerGroup, requantization);
}

inline void write(Recorder& r, const WideDepthwiseParams& p) {
  const ChannelWideRequantization requantization = {p.requantization, p.window.outChannels};
  r.structure("WideDepthwiseParams", p.window, p.multiplier, requantization);
}

inline void write(Recorder& r, const WideFullyConnectedParams& p) {
  const ChannelWideRequantization requantization = {p.requantization, p.channels};
  r.structure("WideFullyConnectedParams", p.batches, p.depth, p.channels, requantization);
}

inline void write(Recorder& r, const Sigmoid16Params& p) {
  r.structure("Sigmoid16Params", p.count, p.multiplier, p.shift);
}

inline void write(Recorder& r, const Softmax16Params& p) {
  r.structure("Softmax16Params", p.rows, p.depth, p.multiplier);
}

inline void write(Recorder& r, const Broadcast& p) {
  r.structure("Broadcast", p.rank, all(p.dims), all(p.firstSteps), all(p.secondSteps));
}

inline void write(Recorder& r, const AddParams& p) {
  r.structure("AddParams", p.shape, p.first, p.second, p.sum, p.firstOffset, p.secondOffset, p.outputOffset,
              p.low, p.high);
}

inline void write(Recorder& r, const MultiplyParams& p) {
  r.structure("MultiplyParams", p.shape, p.product, p.firstOffset, p.secondOffset, p.outputOffset, p.low,
              p.high);
}

inline void write(Recorder& r, const ArgMaxParams& p) {
  r.structure("ArgMaxParams", p.outer, p.along, p.inner);
}

inline void write(Recorder& r, const HardSwishParams& p) {
  r.structure("HardSwishParams", p.count, p.inputZeroPoint, p.outputZeroPoint, p.output, p.ramp,
              p.outputShift, p.rampShift);
}

inline void write(Recorder& r, const LstmGate& p) {
  r.structure("LstmGate", p.inputWeights, p.hiddenWeights, p.bias, p.input, p.hidden);
}

inline void write(Recorder& r, const LstmParams& p) {
  r.structure("LstmParams", all(p.gates), p.batches, p.steps, p.depth, p.units, p.timeMajor, p.inputOffset,
              p.hiddenOffset, p.hiddenZeroPoint, p.clip, p.cellShift, p.forgetTimesCell, p.inputTimesCell,
              p.outputTimesCell);
}

inline void write(Recorder& r, const Odometer& p) {
  r.structure("Odometer", p.rank, all(p.dims), all(p.steps));
}

inline void write(Recorder& r, const MeanParams& p) {
  r.structure("MeanParams", p.kept, p.averaged, p.outputs, p.count, p.multiplier, p.inputZeroPoint,
              p.outputZeroPoint);
}

inline void write(Recorder& r, const PadParams& p) {
  r.structure("PadParams", p.rank, all(p.dims), all(p.before), all(p.outSteps), p.outValues, p.value);
}

inline void write(Recorder& r, const PoolParams& p) { r.structure("PoolParams", p.window, p.low, p.high); }

inline void write(Recorder& r, const QuantizeParams& p) {
  r.structure("QuantizeParams", p.count, p.scale, p.multiplier, p.inputZeroPoint, p.outputZeroPoint,
              p.inputType, p.outputType);
}

inline void write(Recorder& r, const RampParams& p) {
  r.structure("RampParams", p.count, p.below, p.above, p.inputZeroPoint, p.outputZeroPoint, p.low, p.high);
}

inline void write(Recorder& r, const ResizeNearestParams& p) {
  r.structure("ResizeNearestParams", p.batches, p.inHeight, p.inWidth, p.outHeight, p.outWidth, p.pixelBytes,
              p.alignCorners, p.halfPixelCenters);
}

inline void write(Recorder& r, const RowsParams& p) {
  r.structure("RowsParams", p.rows, p.bytes, p.fromStep, p.toStep);
}

inline void write(Recorder& r, const SigmoidParams& p) {
  r.structure("SigmoidParams", p.count, p.multiplier, p.inputZeroPoint, p.radius);
}

inline void write(Recorder& r, const SoftmaxParams& p) {
  r.structure("SoftmaxParams", p.rows, p.depth, p.multiplier, p.shift, p.wide, p.least);
}

inline void write(Recorder& r, const StridedParams& p) {
  r.structure("StridedParams", p.rank, p.elementBytes, p.first, all(p.dims), all(p.steps));
}

inline void write(Recorder& r, const SvdfParams& p) {
  r.structure("SvdfParams", p.batches, p.depth, p.filters, p.rank, p.memory, p.feature, p.output,
              p.inputOffset, p.stateZeroPoint, p.outputZeroPoint);
}

}  // namespace nn
}  // namespace dormouse

#endif
#endif
