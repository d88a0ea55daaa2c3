#include "../kernels/depthwise.h"
#include "../kernels/depthwise16.h"

#include "wide.h"

namespace dormouse {
namespace nn {

using namespace schema;

namespace {
struct Params {
  DepthwiseParams kernel;
  Weighted parts;
};

struct WideParams {
  WideDepthwiseParams kernel;
  Weighted parts;
  WideBias bias;
};

// Keeps sizes of scratch within 32 bits.
const uint64_t kMaxDepth = 1u << 20;

// Window and multiplier, and what the requantization needs to know.
template <typename Kernel>
bool makeShape(Preparation& p, const Weighted& parts, Kernel* kernel, WeightedOperator* weighted) {
  const Tensor* const weights = parts.weights;
  File& file = p.file();
  const Table& options = p.options();
  WindowOptions o;
  o.padding = file.byteField(options, kDepthwisePadding, kSame);
  o.height = weights->dims[1];
  o.width = weights->dims[2];
  o.strideY = file.intField(options, kDepthwiseStrideH, 0);
  o.strideX = file.intField(options, kDepthwiseStrideW, 0);
  o.dilationY = file.intField(options, kDepthwiseDilationH, 1);
  o.dilationX = file.intField(options, kDepthwiseDilationW, 1);
  if (!makeWindow(p, o, &kernel->window)) return false;
  const Window& w = kernel->window;
  const int64_t multiplier = file.intField(options, kDepthwiseMultiplier, 0);
  if (weights->dims[0] != 1 || weights->dims[3] != w.outChannels || multiplier < 1 ||
      multiplier * w.inChannels != w.outChannels)
    return p.damaged("has weights whose shape does not fit its input and output");
  kernel->multiplier = static_cast<uint16_t>(multiplier);
  const uint64_t perOutput = static_cast<uint64_t>(w.height) * w.width;
  if (perOutput > kMaxDepth) return p.unsupported("has more than a million weights per channel");
  weighted->input = parts.input;
  weighted->weights = weights;
  weighted->bias = parts.bias;
  weighted->channels = w.outChannels;
  weighted->dimension = 3;
  weighted->depth = static_cast<uint32_t>(perOutput);
  weighted->activation = file.byteField(options, kDepthwiseActivation, kNone);
  const uint32_t valueBytes = parts.input->type == kInt16 ? 2 : 1;
  if (w.batches == 1) p.mayOverlap(parts.input, leadOf(w, 1) * valueBytes);
  return p.addMacs(perOutput * elementsOf(*p.output()));
}

bool prepare(Preparation& p) {
  Params* const params = p.makeParams<Params>();
  if (params == nullptr || !expectWeighted<int8_t>(p, 4, &params->parts)) return false;
  DepthwiseParams& kernel = params->kernel;
  WeightedOperator weighted;
  if (!makeShape(p, params->parts, &kernel, &weighted)) return false;
  kernel.inputOffset = static_cast<int16_t>(-params->parts.input->zeroPoint);
  return p.expectBias(weighted.bias, weighted.channels) &&
         makeRequantization(p, weighted, &kernel.requantization) &&
         p.needScratch(depthwiseScratchBytes(kernel));
}

bool prepareWide(Preparation& p) {
  WideParams* const params = p.makeParams<WideParams>();
  if (params == nullptr || !expectWeighted<int16_t>(p, 4, &params->parts)) return false;
  WideDepthwiseParams& kernel = params->kernel;
  WeightedOperator weighted;
  return makeShape(p, params->parts, &kernel, &weighted) &&
         makeWideBias(p, weighted.bias, weighted.channels, false, &params->bias) &&
         makeWideRequantization(p, weighted, params->bias, 0, &kernel.requantization);
}

void run(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  const Weighted& parts = params.parts;
  DORMOUSE_CALL(depthwise, params.kernel, int8Data(parts.input), int8Data(parts.weights),
                int32Data(parts.bias), outputOf<int8_t>(node), node.scratch);
}

void runWide(const Node& node) {
  const WideParams& params = *static_cast<const WideParams*>(node.params);
  DORMOUSE_CALL(depthwise16, params.kernel, valuesOf<int16_t>(params.parts.input),
                int8Data(params.parts.weights), params.bias, outputOf<int16_t>(node));
}
}  // namespace

const Operation kDepthwiseOperation = {kDepthwiseConv2D, "DEPTHWISE_CONV_2D", prepare, run};
const Operation kDepthwiseInt16Operation = {kDepthwiseConv2D + kWideForm, "DEPTHWISE_CONV_2D_INT16",
                                            prepareWide, runWide};

}  // namespace nn
}  // namespace dormouse
