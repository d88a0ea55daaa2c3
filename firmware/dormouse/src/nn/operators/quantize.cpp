#include "../kernels/quantize.h"

#include "common.h"

namespace dormouse {
namespace nn {

using namespace schema;

namespace {
struct Params {
  QuantizeParams kernel;
  const Tensor* input;
};

bool expectByte(Preparation& p, const Tensor* tensor) {
  if (tensor->type != kUInt8) return p.expectInt8(tensor);
  if (!usableScale(tensor->scale)) return p.damaged("has a tensor without a usable scale");
  return (tensor->zeroPoint >= 0 && tensor->zeroPoint <= 255) || p.damaged("has a zero point out of range");
}

Params* makeCommon(Preparation& p) {
  if (!p.expectTensors(1, 1, 1)) return nullptr;
  const Tensor* const input = p.input(0);
  const Tensor* const output = p.output();
  if (elementsOf(*input) != elementsOf(*output)) {
    p.damaged("has an output whose shape does not follow from its input");
    return nullptr;
  }
  if (!p.addWork(static_cast<uint64_t>(elementsOf(*input)) * 4u)) return nullptr;
  Params* const params = p.makeParams<Params>();
  if (params == nullptr) return nullptr;
  params->input = input;
  params->kernel.count = elementsOf(*input);
  params->kernel.inputZeroPoint = input->zeroPoint;
  params->kernel.outputZeroPoint = output->zeroPoint;
  params->kernel.inputUnsigned = input->type == kUInt8;
  params->kernel.outputUnsigned = output->type == kUInt8;
  return params;
}

bool prepareQuantize(Preparation& p) {
  Params* const params = makeCommon(p);
  if (params == nullptr) return false;
  const Tensor* const input = params->input;
  const Tensor* const output = p.output();
  if (!expectByte(p, output)) return false;
  params->kernel.scale = output->scale;
  if (input->type == kFloat32)
    return output->type == kInt8 || p.unsupported("turns float32 into another type than int8");
  if (!expectByte(p, input)) return false;
  return quantiseRatio(realOf(input->scale), output->scale, &params->kernel.multiplier) ||
         p.damaged("has scales that do not go together");
}

bool prepareDequantize(Preparation& p) {
  Params* const params = makeCommon(p);
  if (params == nullptr || !expectByte(p, params->input) || !p.expectType(p.output(), kFloat32)) return false;
  params->kernel.scale = params->input->scale;
  return true;
}

void runQuantize(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  if (params.input->type == kFloat32) {
    quantizeFloats(params.kernel, reinterpret_cast<const float*>(params.input->data), node.output->data);
  } else {
    requantizeBytes(params.kernel, params.input->data, node.output->data);
  }
}

void runDequantize(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  dequantize(params.kernel, params.input->data, reinterpret_cast<float*>(node.output->data));
}
}  // namespace

const Operation kQuantizeOperation = {kQuantize, "QUANTIZE", prepareQuantize, runQuantize};
const Operation kDequantizeOperation = {kDequantize, "DEQUANTIZE", prepareDequantize, runDequantize};

}  // namespace nn
}  // namespace dormouse
