#include "../../math/exact.h"

#include "../kernels/add.h"

#include "common.h"

namespace dormouse {
namespace nn {

using namespace schema;

namespace {
struct Params {
  AddParams kernel;
  const Tensor* first;
  const Tensor* second;
};

// How far one step along each of the output's dimensions moves in `tensor`; false where the shapes do not go
// together.
bool stepsOf(const Tensor& tensor, const Tensor& output, uint32_t* steps) {
  if (tensor.rank > output.rank) return false;
  uint32_t step = 1;
  const uint32_t missing = static_cast<uint32_t>(output.rank) - tensor.rank;
  for (uint32_t d = output.rank; d-- > 0;) {
    const int32_t dim = d < missing ? 1 : tensor.dims[d - missing];
    if (dim != 1 && dim != output.dims[d]) return false;
    steps[d] = dim == 1 ? 0 : step;
    step *= static_cast<uint32_t>(dim);
  }
  return true;
}

bool makeMultipliers(Preparation& p, float first, float second, AddParams* kernel) {
  const float larger = first > second ? first : second;
  // first / (2 larger), second / (2 larger), 2 larger / (2^20 output scale)
  if (!quantiseRatio(timesPowerOfTwo(realOf(first), -1), larger, &kernel->first) ||
      !quantiseRatio(timesPowerOfTwo(realOf(second), -1), larger, &kernel->second) ||
      !quantiseRatio(timesPowerOfTwo(realOf(larger), 1 - 20), p.output()->scale, &kernel->sum) ||
      kernel->sum.shift > 0)
    return p.damaged("has scales that do not go together");
  return true;
}

bool prepare(Preparation& p) {
  if (!p.expectTensors(2, 2, 2)) return false;
  const Tensor* const first = p.input(0);
  const Tensor* const second = p.input(1);
  const Tensor* const output = p.output();
  if (!p.expectInt8(first) || !p.expectInt8(second) || !p.expectInt8(output)) return false;
  Params* const params = p.makeParams<Params>();
  if (params == nullptr) return false;
  params->first = first;
  params->second = second;
  AddParams& kernel = params->kernel;
  uint32_t elements = 1;
  if (!stepsOf(*first, *output, kernel.firstSteps) || !stepsOf(*second, *output, kernel.secondSteps))
    return p.damaged("has inputs whose shapes do not fit its output");
  for (uint32_t d = 0; d < output->rank; d++) {
    kernel.dims[d] = static_cast<uint32_t>(output->dims[d]);
    elements *= kernel.dims[d];
    const int32_t widest = kernel.firstSteps[d] != 0 || kernel.secondSteps[d] != 0 ? output->dims[d] : 1;
    if (widest != output->dims[d]) return p.damaged("has inputs whose shapes do not fit its output");
  }
  kernel.rank = output->rank;
  if (output->rank == 0) {
    kernel.rank = 1;
    kernel.dims[0] = 1;
  }
  // Tensors of equal shape are one long row.
  if (elementsOf(*first) == elements && elementsOf(*second) == elements) {
    kernel.rank = 1;
    kernel.dims[0] = elements;
    kernel.firstSteps[0] = 1;
    kernel.secondSteps[0] = 1;
  }
  kernel.firstOffset = static_cast<int16_t>(-first->zeroPoint);
  kernel.secondOffset = static_cast<int16_t>(-second->zeroPoint);
  kernel.outputOffset = output->zeroPoint;
  if (elementsOf(*second) == elements) p.mayOverlap(second, 0);
  if (elementsOf(*first) == elements) p.mayOverlap(first, 0);
  return makeMultipliers(p, first->scale, second->scale, &kernel) &&
         p.activationRange(p.file().byteField(p.options(), kAddActivation, kNone), &kernel.low,
                           &kernel.high) &&
         p.addWork(static_cast<uint64_t>(elements) * 8u) && p.needScratch(addScratchBytes(kernel));
}

void run(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  add(params.kernel, int8Data(params.first), int8Data(params.second),
      reinterpret_cast<int8_t*>(node.output->data));
}
}  // namespace

const Operation kAddOperation = {kAdd, "ADD", prepare, run};

}  // namespace nn
}  // namespace dormouse
