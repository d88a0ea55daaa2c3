#include "broadcast.h"

namespace dormouse {
namespace nn {

namespace {
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
}  // namespace

bool makeBroadcast(Preparation& p, bool wide, Broadcast* b) {
  if (!p.expectTensors(2, 2, 2)) return false;
  const Tensor* const first = p.input(0);
  const Tensor* const second = p.input(1);
  const Tensor* const output = p.output();
  const Tensor* const all[] = {first, second, output};
  for (const Tensor* const each : all) {
    if (!(wide ? p.expectInt16(each) : p.expectInt8(each))) return false;
  }
  if (!stepsOf(*first, *output, b->firstSteps) || !stepsOf(*second, *output, b->secondSteps))
    return p.damaged("has inputs whose shapes do not fit its output");
  const uint32_t elements = elementsOf(*output);
  for (uint32_t d = 0; d < output->rank; d++) {
    b->dims[d] = static_cast<uint32_t>(output->dims[d]);
    const int32_t widest = b->firstSteps[d] != 0 || b->secondSteps[d] != 0 ? output->dims[d] : 1;
    if (widest != output->dims[d]) return p.damaged("has inputs whose shapes do not fit its output");
  }
  b->rank = output->rank;
  if (output->rank == 0) {
    b->rank = 1;
    b->dims[0] = 1;
  }
  const bool firstWhole = elementsOf(*first) == elements;
  const bool secondWhole = elementsOf(*second) == elements;
  // Tensors of equal shape are one long row.
  if (firstWhole && secondWhole) {
    b->rank = 1;
    b->dims[0] = elements;
    b->firstSteps[0] = 1;
    b->secondSteps[0] = 1;
  }
  if (secondWhole) p.mayOverlap(second, 0);
  if (firstWhole) p.mayOverlap(first, 0);
  return p.addWork(static_cast<uint64_t>(elements) * 8u);
}

}  // namespace nn
}  // namespace dormouse
