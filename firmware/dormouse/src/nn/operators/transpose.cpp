// TRANSPOSE and STRIDED_SLICE: elements of any type, in another order or only some of them.
#include "../kernels/strided.h"
#include "../names.h"

#include "common.h"

namespace dormouse {
namespace nn {

using namespace schema;

namespace {
struct Params {
  StridedParams kernel;
  const Tensor* input;
};

Params* makeCommon(Preparation& p) {
  const Tensor* const input = p.input(0);
  if (!p.expectType(p.output(), input->type)) return nullptr;
  if (bytesOf(*input) == 0) {
    p.unsupported("works on a type of values unknown here");
    return nullptr;
  }
  Params* const params = p.makeParams<Params>();
  if (params == nullptr || !p.addWork(static_cast<uint64_t>(elementsOf(*p.output())) * 4u)) return nullptr;
  params->input = input;
  params->kernel.elementBytes = static_cast<uint8_t>(typeBytes(input->type));
  params->kernel.rank = 1;
  params->kernel.dims[0] = 1;
  return params;
}

// How far one step along each of the tensor's dimensions moves, in bytes.
void stepsOf(const Tensor& tensor, int32_t* steps) {
  int32_t step = static_cast<int32_t>(typeBytes(tensor.type));
  for (uint32_t d = tensor.rank; d-- > 0;) {
    steps[d] = step;
    step *= tensor.dims[d];
  }
}

bool prepareTranspose(Preparation& p) {
  if (!p.expectTensors(2, 2, 2)) return false;
  const Tensor& input = *p.input(0);
  const Tensor& output = *p.output();
  if (!p.expectSettings(p.input(1), input.rank) || !p.expectRank(&output, input.rank)) return false;
  Params* const params = makeCommon(p);
  if (params == nullptr) return false;
  const int32_t* const order = int32Data(p.input(1));
  int32_t steps[kMaxRank];
  stepsOf(input, steps);
  uint32_t seen = 0;
  for (uint32_t d = 0; d < input.rank; d++) {
    const uint32_t from = static_cast<uint32_t>(order[d]);
    if (from >= input.rank || (seen & (1u << from)) != 0)
      return p.damaged("has an order that is no permutation");
    seen |= 1u << from;
    if (output.dims[d] != input.dims[from])
      return p.damaged("has an output whose shape does not follow from its input");
    params->kernel.dims[d] = static_cast<uint32_t>(input.dims[from]);
    params->kernel.steps[d] = steps[from];
  }
  if (input.rank != 0) params->kernel.rank = input.rank;
  simplify(&params->kernel);
  return true;
}

struct Slice {
  uint32_t begin;
  uint32_t end;
  uint32_t shrink;
  const int32_t* begins;
  const int32_t* ends;
  const int32_t* strides;
};

int64_t within(int64_t x, int64_t low, int64_t high) { return x < low ? low : (x > high ? high : x); }

// Where an axis of `size` begins, and how many places are taken; false where that is none or leads outside.
bool takeAxis(const Slice& slice, uint32_t d, int32_t size, int64_t* begin, int64_t* count) {
  const int64_t stride = slice.strides[d];
  if (stride == 0) return false;
  const uint32_t bit = 1u << d;
  // Going backwards the end lies before the first.
  const int64_t low = stride > 0 ? 0 : -1;
  const int64_t high = stride > 0 ? size : size - 1;
  const int64_t first = slice.begins[d];
  *begin = (slice.begin & bit) != 0 ? (stride > 0 ? 0 : size - 1)
                                    : within(first < 0 ? first + size : first, low, high);
  if ((slice.shrink & bit) != 0) {
    *count = 1;
  } else {
    const int64_t last = slice.ends[d];
    const int64_t end =
        (slice.end & bit) != 0 ? (stride > 0 ? size : -1) : within(last < 0 ? last + size : last, low, high);
    *count = stride > 0 ? (end - *begin + stride - 1) / stride : (*begin - end - stride - 1) / -stride;
  }
  return *count > 0 && *begin >= 0 && *begin < size;
}

bool prepareSlice(Preparation& p) {
  if (!p.expectTensors(4, 4, 4)) return false;
  const Tensor& input = *p.input(0);
  const Tensor& output = *p.output();
  File& file = p.file();
  const Table& options = p.options();
  for (uint32_t i = 1; i < 4; i++) {
    if (!p.expectSettings(p.input(i), input.rank)) return false;
  }
  if (file.intField(options, kSliceEllipsisMask, 0) != 0 ||
      file.intField(options, kSliceNewAxisMask, 0) != 0 || file.byteField(options, kSliceOffset, 0) != 0)
    return p.unsupported("adds dimensions, or counts its ends from its beginnings");
  Slice slice;
  slice.begin = static_cast<uint32_t>(file.intField(options, kSliceBeginMask, 0));
  slice.end = static_cast<uint32_t>(file.intField(options, kSliceEndMask, 0));
  slice.shrink = static_cast<uint32_t>(file.intField(options, kSliceShrinkMask, 0));
  slice.begins = int32Data(p.input(1));
  slice.ends = int32Data(p.input(2));
  slice.strides = int32Data(p.input(3));
  Params* const params = makeCommon(p);
  if (params == nullptr) return false;
  int32_t steps[kMaxRank];
  stepsOf(input, steps);
  uint32_t rank = 0;
  for (uint32_t d = 0; d < input.rank; d++) {
    int64_t begin = 0;
    int64_t count = 0;
    if (!takeAxis(slice, d, input.dims[d], &begin, &count)) return p.damaged("takes nothing of its input");
    if ((slice.shrink & (1u << d)) == 0 && (rank >= output.rank || output.dims[rank++] != count))
      return p.damaged("has an output whose shape does not follow from its input");
    params->kernel.first += static_cast<uint32_t>(begin * steps[d]);
    params->kernel.dims[d] = static_cast<uint32_t>(count);
    // A single place is never stepped from.
    params->kernel.steps[d] = count == 1 ? 0 : slice.strides[d] * steps[d];
  }
  if (rank != output.rank) return p.damaged("has an output whose shape does not follow from its input");
  if (input.rank != 0) params->kernel.rank = input.rank;
  simplify(&params->kernel);
  return true;
}

void run(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  DORMOUSE_CALL(copyStrided, params.kernel, params.input->data, node.output->data);
}
}  // namespace

const Operation kTransposeOperation = {kTranspose, "TRANSPOSE", prepareTranspose, run};
const Operation kStridedSliceOperation = {kStridedSlice, "STRIDED_SLICE", prepareSlice, run};

}  // namespace nn
}  // namespace dormouse
