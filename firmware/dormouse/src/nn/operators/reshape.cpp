// RESHAPE, SQUEEZE and EXPAND_DIMS: the same values under another shape. The output lies where the input
// lies.
#include "../kernels/rows.h"

#include "common.h"

namespace dormouse {
namespace nn {

using namespace schema;

namespace {
struct Params {
  const Tensor* input;
};

bool prepare(Preparation& p) {
  // The second input, where there is one, is the new shape, which the output has already.
  if (!p.expectTensors(1, 2, 1)) return false;
  const Tensor* const input = p.input(0);
  if (!p.expectType(p.output(), input->type)) return false;
  if (bytesOf(*input) == 0) return p.unsupported("works on a type of values unknown here");
  if (elementsOf(*input) != elementsOf(*p.output()))
    return p.damaged("has not as many values in its output as in its input");
  Params* const params = p.makeParams<Params>();
  if (params == nullptr) return false;
  params->input = input;
  p.shareMemory(input);
  return true;
}

void run(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  if (params.input->data == node.output->data) return;
  const uint32_t bytes = bytesOf(*node.output);
  const RowsParams rows = {1, bytes, bytes, bytes};
  DORMOUSE_CALL(copyRows, rows, params.input->data, node.output->data);
}
}  // namespace

const Operation kReshapeOperation = {kReshape, "RESHAPE", prepare, run};
const Operation kSqueezeOperation = {kSqueeze, "SQUEEZE", prepare, run};
const Operation kExpandDimsOperation = {kExpandDims, "EXPAND_DIMS", prepare, run};

}  // namespace nn
}  // namespace dormouse
