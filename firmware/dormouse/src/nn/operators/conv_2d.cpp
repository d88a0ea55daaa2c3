#include "../kernels/conv.h"

#include "common.h"

namespace dormouse {
namespace nn {

using namespace schema;

namespace {
struct Params {
  ConvParams kernel;
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
  o.padding = file.byteField(options, kConvPadding, kSame);
  o.height = weights->dims[1];
  o.width = weights->dims[2];
  o.strideY = file.intField(options, kConvStrideH, 0);
  o.strideX = file.intField(options, kConvStrideW, 0);
  o.dilationY = file.intField(options, kConvDilationH, 1);
  o.dilationX = file.intField(options, kConvDilationW, 1);
  ConvParams& kernel = params->kernel;
  if (!makeWindow(p, o, &kernel.window)) return false;
  const Window& w = kernel.window;
  const uint32_t depth = static_cast<uint32_t>(weights->dims[3]);
  const uint32_t groups = depth > w.inChannels ? 0 : w.inChannels / depth;
  if (weights->dims[0] != w.outChannels || groups == 0 || groups * depth != w.inChannels ||
      w.outChannels % groups != 0)
    return p.damaged("has weights whose shape does not fit its input and output");
  kernel.filterChannels = static_cast<uint16_t>(depth);
  kernel.channelsPerGroup = static_cast<uint16_t>(w.outChannels / groups);
  kernel.inputOffset = static_cast<int16_t>(-input->zeroPoint);
  const uint64_t perOutput = static_cast<uint64_t>(w.height) * w.width * depth;
  if (perOutput > kMaxDepth) return p.unsupported("has more than a million weights per channel");
  const WeightedOperator weighted = {input,
                                     weights,
                                     bias,
                                     w.outChannels,
                                     0,
                                     static_cast<uint32_t>(perOutput),
                                     file.byteField(options, kConvActivation, kNone)};
  if (!p.expectBias(bias, w.outChannels) || !makeRequantization(p, weighted, &kernel.requantization))
    return false;
  // Inputs of a place are copied before its output is written.
  if (w.batches == 1 && groups == 1) p.mayOverlap(input, leadOf(w, 0));
  return p.addMacs(perOutput * elementsOf(*p.output())) && p.needScratch(convScratchBytes(kernel));
}

void run(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  DORMOUSE_CALL(conv, params.kernel, int8Data(params.input), int8Data(params.weights), int32Data(params.bias),
                reinterpret_cast<int8_t*>(node.output->data), node.scratch);
}
}  // namespace

const Operation kConvOperation = {kConv2D, "CONV_2D", prepare, run};

}  // namespace nn
}  // namespace dormouse
