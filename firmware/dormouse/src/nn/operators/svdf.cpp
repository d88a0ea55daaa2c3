#include "../../math/exact.h"

#include "../kernels/svdf.h"

#include "common.h"

namespace dormouse {
namespace nn {

using namespace schema;

namespace {
struct Params {
  SvdfParams kernel;
  const Tensor* input;
  const Tensor* features;
  const Tensor* times;
  const Tensor* bias;
  const Tensor* state;
};

// TFLite takes these ratios in float32.
bool makeRatio(Preparation& p, const Tensor& a, const Tensor& b, const Tensor& result,
               Multiplier* multiplier) {
  const float ratio = a.scale * b.scale / result.scale;
  return (usableScale(ratio) && quantiseRatio(realOf(ratio), 1.0f, multiplier)) ||
         p.damaged("has scales that do not go together");
}

bool expectTypes(Preparation& p, const Params& params) {
  const Tensor* const state = params.state;
  if (!p.expectInt8(params.input) || !p.expectInt8(params.features) || !p.expectConstant(params.features) ||
      !p.expectConstant(params.times) || !p.expectInt8(p.output()))
    return false;
  if (state->type != kInt16 && !p.expectInt8(state)) return false;
  if (!p.expectType(params.times, state->type) || !p.expectState(state)) return false;
  if (!usableScale(state->scale) || !usableScale(params.times->scale))
    return p.damaged("has a tensor without a usable scale");
  return (params.features->zeroPoint == 0 && params.times->zeroPoint == 0) ||
         p.unsupported("has weights with a zero point");
}

bool expectShapes(Preparation& p, const Params& params, uint32_t rank) {
  const Tensor* const all[] = {params.input, params.features, params.times, params.state, p.output()};
  for (const Tensor* const each : all) {
    if (!p.expectRank(each, 2)) return false;
  }
  const int32_t* const in = params.input->dims;
  const int32_t* const features = params.features->dims;
  const int32_t* const times = params.times->dims;
  const int32_t* const out = p.output()->dims;
  const uint32_t filters = static_cast<uint32_t>(features[0]);
  if (rank == 0 || rank > filters || filters % rank != 0 || features[1] != in[1] || times[0] != features[0] ||
      params.state->dims[0] != in[0] ||
      static_cast<int64_t>(params.state->dims[1]) != static_cast<int64_t>(times[0]) * times[1] ||
      out[0] != in[0] || static_cast<uint32_t>(out[1]) != filters / rank)
    return p.damaged("has weights whose shape does not fit its input and output");
  return p.expectBias(params.bias, filters / rank);
}

bool prepare(Preparation& p) {
  if (!p.expectTensors(5, 5, 3)) return false;
  if (p.input(4) == nullptr) return p.damaged("lacks an input");
  Params* const params = p.makeParams<Params>();
  if (params == nullptr) return false;
  params->input = p.input(0);
  params->features = p.input(1);
  params->times = p.input(2);
  params->bias = p.input(3);
  params->state = p.input(4);
  const int32_t rank = p.file().intField(p.options(), kSvdfRank, 0);
  if (!expectTypes(p, *params) || !expectShapes(p, *params, static_cast<uint32_t>(rank))) return false;
  // TFLM leaves the activation out: a RELU is already in the output's range.
  SvdfParams& kernel = params->kernel;
  kernel.batches = static_cast<uint32_t>(params->input->dims[0]);
  kernel.depth = static_cast<uint32_t>(params->input->dims[1]);
  kernel.filters = static_cast<uint32_t>(params->features->dims[0]);
  kernel.rank = static_cast<uint32_t>(rank);
  kernel.memory = static_cast<uint32_t>(params->times->dims[1]);
  kernel.inputOffset = static_cast<int16_t>(-params->input->zeroPoint);
  kernel.stateZeroPoint = params->state->zeroPoint;
  kernel.outputZeroPoint = p.output()->zeroPoint;
  const uint64_t perBatch = static_cast<uint64_t>(kernel.filters) * (kernel.depth + kernel.memory);
  return makeRatio(p, *params->input, *params->features, *params->state, &kernel.feature) &&
         makeRatio(p, *params->state, *params->times, *p.output(), &kernel.output) &&
         p.addMacs(perBatch * kernel.batches);
}

void run(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  DORMOUSE_CALL(svdf, params.kernel, params.state->type == kInt16, int8Data(params.input),
                int8Data(params.features), params.times->data, int32Data(params.bias), params.state->data,
                reinterpret_cast<int8_t*>(node.output->data));
}
}  // namespace

const Operation kSvdfOperation = {kSvdf, "SVDF", prepare, run};

}  // namespace nn
}  // namespace dormouse
