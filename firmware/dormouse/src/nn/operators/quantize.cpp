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

// A whole type with a usable scale and a zero point in range.
bool expectWhole(Preparation& p, const Tensor* tensor) {
  if (tensor->type != kUInt8 && tensor->type != kInt16 && tensor->type != kInt32) return p.expectInt8(tensor);
  if (!usableScale(tensor->scale)) return p.damaged("has a tensor without a usable scale");
  return tensor->type != kUInt8 || (tensor->zeroPoint >= 0 && tensor->zeroPoint <= 255) ||
         p.damaged("has a zero point out of range");
}

// What TFLM turns into what; the numbers of types are below 10.
bool goesTogether(int8_t from, int8_t to) {
  const uint32_t int8 = 1u << kInt8;
  const uint32_t int16 = 1u << kInt16;
  const uint32_t int32 = 1u << kInt32;
  uint32_t targets = int8;
  if (from == kInt8) targets = int8 | int16 | int32 | 1u << kUInt8;
  if (from == kInt16) targets = int8 | int16 | int32;
  if (from == kInt32 || from == kFloat32) targets = int8 | int16;
  return (targets & (1u << to)) != 0;
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
  params->kernel.inputType = input->type;
  params->kernel.outputType = output->type;
  return params;
}

bool prepareQuantize(Preparation& p) {
  Params* const params = makeCommon(p);
  if (params == nullptr) return false;
  const Tensor* const input = params->input;
  const Tensor* const output = p.output();
  if (!expectWhole(p, output) || (input->type != kFloat32 && !expectWhole(p, input))) return false;
  if (!goesTogether(input->type, output->type)) return p.unsupported("turns values into an unusual type");
  params->kernel.scale = output->scale;
  if (input->type == kFloat32) return true;
  return quantiseRatio(realOf(input->scale), output->scale, &params->kernel.multiplier) ||
         p.damaged("has scales that do not go together");
}

bool prepareDequantize(Preparation& p) {
  Params* const params = makeCommon(p);
  if (params == nullptr || !expectWhole(p, params->input) || !p.expectType(p.output(), kFloat32))
    return false;
  if (params->input->type == kInt32) return p.unsupported("turns int32 into float32");
  params->kernel.scale = params->input->scale;
  return true;
}

void runQuantize(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  if (params.input->type == kFloat32) {
    DORMOUSE_CALL(quantizeFloats, params.kernel, reinterpret_cast<const float*>(params.input->data),
                  node.output->data);
  } else {
    DORMOUSE_CALL(requantizeValues, params.kernel, params.input->data, node.output->data);
  }
}

void runDequantize(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  DORMOUSE_CALL(dequantize, params.kernel, params.input->data, reinterpret_cast<float*>(node.output->data));
}
}  // namespace

const Operation kQuantizeOperation = {kQuantize, "QUANTIZE", prepareQuantize, runQuantize};
const Operation kDequantizeOperation = {kDequantize, "DEQUANTIZE", prepareDequantize, runDequantize};

}  // namespace nn
}  // namespace dormouse
