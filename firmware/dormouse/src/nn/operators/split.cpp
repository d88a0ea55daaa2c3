// SPLIT: one tensor into equal parts along one dimension.
#include "../kernels/rows.h"

#include "common.h"

namespace dormouse {
namespace nn {

using namespace schema;

namespace {
struct Params {
  const Tensor* input;
  uint32_t parts;
  uint32_t rows;
  uint32_t bytes;  // of each part in each row of the input
  const Tensor** part;
};

bool sameButAlong(const Tensor& a, const Tensor& b, uint32_t axis) {
  if (a.rank != b.rank) return false;
  for (uint32_t d = 0; d < a.rank; d++) {
    if (d != axis && a.dims[d] != b.dims[d]) return false;
  }
  return true;
}

bool prepare(Preparation& p) {
  if (!p.expectTensors(2, 2, 2) || !p.expectSettings(p.input(0), 1)) return false;
  const Tensor* const input = p.input(1);
  int32_t axis = int32Data(p.input(0))[0];
  if (axis < 0) axis += input->rank;
  if (axis < 0 || axis >= input->rank) return p.damaged("splits along a dimension that is not there");
  if (bytesOf(*input) == 0) return p.unsupported("works on a type of values unknown here");
  Params* const params = p.makeParams<Params>();
  if (params == nullptr) return false;
  params->input = input;
  params->parts = p.outputCount();
  params->part =
      static_cast<const Tensor**>(p.allocate(static_cast<uint64_t>(params->parts) * sizeof(const Tensor*)));
  if (params->part == nullptr) return false;
  const int64_t along = p.output()->rank > axis ? p.output()->dims[axis] : 0;
  for (uint32_t i = 0; i < params->parts; i++) {
    const Tensor* const part = p.output(i);
    if (!p.expectType(part, input->type)) return false;
    if (!sameButAlong(*part, *input, static_cast<uint32_t>(axis)) || part->dims[axis] != along)
      return p.damaged("has an output whose shape does not follow from its input");
    params->part[i] = part;
  }
  if (along * params->parts != input->dims[axis])
    return p.damaged("has parts that are not the whole of its input");
  params->rows = 1;
  for (int32_t d = 0; d < axis; d++) params->rows *= static_cast<uint32_t>(input->dims[d]);
  params->bytes = bytesOf(*p.output()) / params->rows;
  return p.addWork(elementsOf(*input));
}

void run(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  const RowsParams rows = {params.rows, params.bytes, params.parts * params.bytes, params.bytes};
  const uint8_t* from = params.input->data;
  for (uint32_t i = 0; i < params.parts; i++, from += params.bytes)
    DORMOUSE_CALL(copyRows, rows, from, params.part[i]->data);
}
}  // namespace

const Operation kSplitOperation = {kSplit, "SPLIT", prepare, run};

}  // namespace nn
}  // namespace dormouse
