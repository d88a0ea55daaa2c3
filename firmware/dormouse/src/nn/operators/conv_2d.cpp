#include "../kernels/conv.h"
#include "../kernels/conv16.h"

#include "wide.h"

namespace dormouse {
namespace nn {

using namespace schema;

namespace {
struct Params {
  ConvParams kernel;
  Weighted parts;
};

struct WideParams {
  WideConvParams kernel;
  Weighted parts;
  WideBias bias;
};

// Keeps sizes of scratch within 32 bits.
const uint64_t kMaxDepth = 1u << 20;

// Window and groups; `o` is what is left for the requantization.
template <typename Kernel>
bool makeShape(Preparation& p, const Weighted& parts, Kernel* kernel, WeightedOperator* weighted) {
  const Tensor* const weights = parts.weights;
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
  if (!makeWindow(p, o, &kernel->window)) return false;
  const Window& w = kernel->window;
  const uint32_t depth = static_cast<uint32_t>(weights->dims[3]);
  const uint32_t groups = depth > w.inChannels ? 0 : w.inChannels / depth;
  if (weights->dims[0] != w.outChannels || groups == 0 || groups * depth != w.inChannels ||
      w.outChannels % groups != 0)
    return p.damaged("has weights whose shape does not fit its input and output");
  kernel->filterChannels = static_cast<uint16_t>(depth);
  kernel->channelsPerGroup = static_cast<uint16_t>(w.outChannels / groups);
  const uint64_t perOutput = static_cast<uint64_t>(w.height) * w.width * depth;
  if (perOutput > kMaxDepth) return p.unsupported("has more than a million weights per channel");
  weighted->input = parts.input;
  weighted->weights = weights;
  weighted->bias = parts.bias;
  weighted->channels = w.outChannels;
  weighted->dimension = 0;
  weighted->depth = static_cast<uint32_t>(perOutput);
  weighted->activation = file.byteField(options, kConvActivation, kNone);
  // Inputs of a place are copied before its output is written.
  const uint32_t valueBytes = parts.input->type == kInt16 ? 2 : 1;
  if (w.batches == 1 && groups == 1) p.mayOverlap(parts.input, leadOf(w, 0) * valueBytes);
  return p.addMacs(perOutput * elementsOf(*p.output()));
}

bool prepare(Preparation& p) {
  Params* const params = p.makeParams<Params>();
  if (params == nullptr || !expectWeighted<int8_t>(p, 4, &params->parts)) return false;
  ConvParams& kernel = params->kernel;
  WeightedOperator weighted;
  if (!makeShape(p, params->parts, &kernel, &weighted)) return false;
  kernel.inputOffset = static_cast<int16_t>(-params->parts.input->zeroPoint);
  return p.expectBias(weighted.bias, weighted.channels) &&
         makeRequantization(p, weighted, &kernel.requantization) && p.needScratch(convScratchBytes(kernel));
}

bool prepareWide(Preparation& p) {
  WideParams* const params = p.makeParams<WideParams>();
  if (params == nullptr || !expectWeighted<int16_t>(p, 4, &params->parts)) return false;
  WideConvParams& kernel = params->kernel;
  WeightedOperator weighted;
  if (!makeShape(p, params->parts, &kernel, &weighted) ||
      !makeWideBias(p, weighted.bias, weighted.channels, true, &params->bias))
    return false;
  return makeWideRequantization(p, weighted, params->bias, p.file().byteField(p.options(), kConvBiasType, 0),
                                &kernel.requantization) &&
         p.needScratch(conv16ScratchBytes(kernel));
}

void run(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  const Weighted& parts = params.parts;
  DORMOUSE_CALL(conv, params.kernel, int8Data(parts.input), int8Data(parts.weights), int32Data(parts.bias),
                outputOf<int8_t>(node), node.scratch);
}

void runWide(const Node& node) {
  const WideParams& params = *static_cast<const WideParams*>(node.params);
  DORMOUSE_CALL(conv16, params.kernel, valuesOf<int16_t>(params.parts.input), int8Data(params.parts.weights),
                params.bias, outputOf<int16_t>(node), node.scratch);
}
}  // namespace

const Operation kConvOperation = {kConv2D, "CONV_2D", prepare, run};
const Operation kConvInt16Operation = {kConv2D + kWideForm, "CONV_2D_INT16", prepareWide, runWide};

}  // namespace nn
}  // namespace dormouse
