#include "../kernels/mean.h"

#include "common.h"

namespace dormouse {
namespace nn {

using namespace schema;

namespace {
struct Params {
  MeanParams kernel;
  const Tensor* input;
};

bool split(Preparation& p, const Tensor& input, const Tensor& axes, MeanParams* kernel) {
  bool averaged[kMaxRank] = {false, false, false, false, false, false};
  const uint32_t count = elementsOf(axes);
  for (uint32_t i = 0; i < count; i++) {
    int32_t axis = int32Data(&axes)[i];
    if (axis < 0) axis += input.rank;
    if (axis < 0 || axis >= input.rank) return p.damaged("averages over a dimension that is not there");
    averaged[axis] = true;
  }
  kernel->outputs = 1;
  kernel->count = 1;
  uint32_t step = elementsOf(input);
  for (uint32_t d = 0; d < input.rank; d++) {
    const uint32_t dim = static_cast<uint32_t>(input.dims[d]);
    step /= dim;
    Odometer& odometer = averaged[d] ? kernel->averaged : kernel->kept;
    odometer.dims[odometer.rank] = dim;
    odometer.steps[odometer.rank] = step;
    odometer.rank++;
    (averaged[d] ? kernel->count : kernel->outputs) *= dim;
  }
  return true;
}

// TFLite folds the division by the count into the multiplier, keeping as many bits as it can.
void divideBy(uint32_t count, Multiplier* multiplier) {
  int32_t shift = 0;
  while ((count >> shift) > 1) shift++;
  if (shift > 31 + multiplier->shift) shift = 31 + multiplier->shift;
  multiplier->value = static_cast<int32_t>((static_cast<int64_t>(multiplier->value) << shift) / count);
  multiplier->shift = static_cast<int8_t>(multiplier->shift - shift);
}

template <typename T>
bool prepare(Preparation& p) {
  if (!p.expectTensors(2, 2, 2)) return false;
  const Tensor* const input = p.input(0);
  const Tensor* const axes = p.input(1);
  const Tensor* const output = p.output();
  if (!TypeOf<T>::expect(p, input) || !TypeOf<T>::expect(p, output) || !p.expectType(axes, kInt32) ||
      !p.expectConstant(axes))
    return false;
  Params* const params = p.makeParams<Params>();
  if (params == nullptr) return false;
  params->input = input;
  MeanParams& kernel = params->kernel;
  if (!split(p, *input, *axes, &kernel)) return false;
  if (kernel.outputs != elementsOf(*output))
    return p.damaged("has an output whose shape does not follow from its input");
  kernel.inputZeroPoint = input->zeroPoint;
  kernel.outputZeroPoint = output->zeroPoint;
  if (!quantiseRatio(realOf(input->scale), output->scale, &kernel.multiplier))
    return p.damaged("has scales that do not go together");
  divideBy(kernel.count, &kernel.multiplier);
  return p.addWork(static_cast<uint64_t>(elementsOf(*input)) * 4u) && p.needScratch(meanScratchBytes(kernel));
}

void run(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  DORMOUSE_CALL(mean, params.kernel, valuesOf<int8_t>(params.input), outputOf<int8_t>(node));
}

void runWide(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  DORMOUSE_CALL(mean16, params.kernel, valuesOf<int16_t>(params.input), outputOf<int16_t>(node));
}
}  // namespace

const Operation kMeanOperation = {kMean, "MEAN", prepare<int8_t>, run};
const Operation kMeanInt16Operation = {kMean + kWideForm, "MEAN_INT16", prepare<int16_t>, runWide};

}  // namespace nn
}  // namespace dormouse
