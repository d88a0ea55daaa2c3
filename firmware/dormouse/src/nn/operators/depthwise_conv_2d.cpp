#include "../kernels/depthwise.h"
#include "common.h"

namespace dormouse {
namespace nn {

using namespace schema;

namespace {
struct Params {
  DepthwiseParams kernel;
  const Tensor* input;
  const Tensor* weights;
  const Tensor* bias;
};

// Keeps sizes of scratch within 32 bits.
const uint64_t kMaxDepth = 1u << 20;

bool prepare(Preparation& p) {
  if (!p.expectTensors(2, 3, 2)) return false;
  const Tensor* const input = p.input(0);
  const Tensor* const weights = p.input(1);
  const Tensor* const bias = p.input(2);
  if (!p.expectInt8(input) || !p.expectType(weights, kInt8) || !p.expectConstant(weights) ||
      !p.expectInt8(p.output()) || !p.expectRank(weights, 4))
    return false;
  Params* const params = p.makeParams<Params>();
  if (params == nullptr) return false;
  params->input = input;
  params->weights = weights;
  params->bias = bias;
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
  DepthwiseParams& kernel = params->kernel;
  if (!makeWindow(p, o, &kernel.window)) return false;
  const Window& w = kernel.window;
  const int64_t multiplier = file.intField(options, kDepthwiseMultiplier, 0);
  if (weights->dims[0] != 1 || weights->dims[3] != w.outChannels || multiplier < 1 ||
      multiplier * w.inChannels != w.outChannels)
    return p.damaged("has weights whose shape does not fit its input and output");
  kernel.multiplier = static_cast<uint16_t>(multiplier);
  kernel.inputOffset = static_cast<int16_t>(-input->zeroPoint);
  const uint64_t perOutput = static_cast<uint64_t>(w.height) * w.width;
  if (perOutput > kMaxDepth) return p.unsupported("has more than a million weights per channel");
  const WeightedOperator weighted = {input,
                                     weights,
                                     bias,
                                     w.outChannels,
                                     3,
                                     static_cast<uint32_t>(perOutput),
                                     file.byteField(options, kDepthwiseActivation, kNone)};
  if (!p.expectBias(bias, w.outChannels) || !makeRequantization(p, weighted, &kernel.requantization))
    return false;
  if (w.batches == 1) p.mayOverlap(input, leadOf(w, 1));
  return p.addMacs(perOutput * elementsOf(*p.output())) && p.needScratch(depthwiseScratchBytes(kernel));
}

void run(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  DORMOUSE_CALL(depthwise, params.kernel, int8Data(params.input), int8Data(params.weights),
                int32Data(params.bias), reinterpret_cast<int8_t*>(node.output->data), node.scratch);
}
}  // namespace

const Operation kDepthwiseOperation = {kDepthwiseConv2D, "DEPTHWISE_CONV_2D", prepare, run};

}  // namespace nn
}  // namespace dormouse
