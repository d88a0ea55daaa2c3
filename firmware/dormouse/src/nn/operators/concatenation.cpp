// CONCATENATION of int8 or int16 values of the same scale.
#include "../kernels/rows.h"
#include "../names.h"

#include "common.h"

namespace dormouse {
namespace nn {

using namespace schema;

namespace {
struct Part {
  const Tensor* tensor;
  uint32_t bytes;  // of it in each row of the output
};

struct Params {
  uint32_t parts;
  uint32_t rows;
  Part* part;
};

// The product of dimensions from `from` on, before `to`.
uint32_t extent(const Tensor& tensor, uint32_t from, uint32_t to) {
  uint32_t product = 1;
  for (uint32_t d = from; d < to; d++) product *= static_cast<uint32_t>(tensor.dims[d]);
  return product;
}

bool fits(const Tensor& input, const Tensor& output, uint32_t axis) {
  if (input.rank != output.rank) return false;
  for (uint32_t d = 0; d < output.rank; d++) {
    if (d != axis && input.dims[d] != output.dims[d]) return false;
  }
  return true;
}

bool prepare(Preparation& p) {
  if (!p.expectTensors(1, 64, 64)) return false;
  const Tensor* const output = p.output();
  const bool wide = output->type == kInt16;
  if (!(wide ? p.expectInt16(output) : p.expectInt8(output))) return false;
  int32_t axis = p.file().intField(p.options(), kConcatenationAxis, 0);
  if (axis < 0) axis += output->rank;
  if (axis < 0 || axis >= output->rank) return p.damaged("joins along a dimension that is not there");
  if (p.file().byteField(p.options(), kConcatenationActivation, kNone) != kNone)
    return p.unsupported("has a fused activation");
  Params* const params = p.makeParams<Params>();
  if (params == nullptr) return false;
  params->parts = p.inputCount();
  params->rows = extent(*output, 0, static_cast<uint32_t>(axis));
  params->part = static_cast<Part*>(p.allocate(static_cast<uint64_t>(params->parts) * sizeof(Part)));
  if (params->part == nullptr) return false;
  uint64_t along = 0;
  for (uint32_t i = 0; i < params->parts; i++) {
    const Tensor* const input = p.input(i);
    if (!p.expectType(input, output->type)) return false;
    if (!fits(*input, *output, static_cast<uint32_t>(axis)))
      return p.damaged("has inputs whose shapes do not fit its output");
    if (input->scale != output->scale || input->zeroPoint != output->zeroPoint)
      return p.unsupported("joins values of different scales");
    params->part[i].tensor = input;
    params->part[i].bytes = extent(*input, static_cast<uint32_t>(axis), input->rank) * typeBytes(input->type);
    along += static_cast<uint64_t>(input->dims[axis]);
  }
  if (along != static_cast<uint64_t>(output->dims[axis]))
    return p.damaged("has inputs whose shapes do not fit its output");
  return p.addWork(elementsOf(*output));
}

void run(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  const uint32_t rowBytes = bytesOf(*node.output) / params.rows;
  uint8_t* to = node.output->data;
  for (uint32_t i = 0; i < params.parts; i++) {
    const Part& part = params.part[i];
    const RowsParams rows = {params.rows, part.bytes, part.bytes, rowBytes};
    DORMOUSE_CALL(copyRows, rows, part.tensor->data, to);
    to += part.bytes;
  }
}
}  // namespace

const Operation kConcatenationOperation = {kConcatenation, "CONCATENATION", prepare, run};

}  // namespace nn
}  // namespace dormouse
