// RESIZE_NEAREST_NEIGHBOR.
#include "../kernels/resize_nearest.h"
#include "../names.h"

#include "common.h"

namespace dormouse {
namespace nn {

using namespace schema;

namespace {
struct Params {
  ResizeNearestParams kernel;
  const Tensor* input;
};

bool prepare(Preparation& p) {
  if (!p.expectTensors(2, 2, 2)) return false;
  const Tensor* const input = p.input(0);
  const Tensor* const output = p.output();
  if (!p.expectRank(input, 4) || !p.expectRank(output, 4) || !p.expectSettings(p.input(1), 2) ||
      !p.expectType(output, input->type))
    return false;
  if (bytesOf(*input) == 0) return p.unsupported("works on a type of values unknown here");
  const int32_t* const size = int32Data(p.input(1));
  if (output->dims[0] != input->dims[0] || output->dims[1] != size[0] || output->dims[2] != size[1] ||
      output->dims[3] != input->dims[3])
    return p.damaged("has an output whose shape does not follow from its input");
  for (uint32_t d = 1; d < 3; d++) {
    if (input->dims[d] > 0xFFFF || output->dims[d] > 0xFFFF)
      return p.unsupported("has a dimension above 65535");
  }
  Params* const params = p.makeParams<Params>();
  if (params == nullptr) return false;
  params->input = input;
  ResizeNearestParams& kernel = params->kernel;
  kernel.batches = static_cast<uint32_t>(input->dims[0]);
  kernel.inHeight = static_cast<uint32_t>(input->dims[1]);
  kernel.inWidth = static_cast<uint32_t>(input->dims[2]);
  kernel.outHeight = static_cast<uint32_t>(output->dims[1]);
  kernel.outWidth = static_cast<uint32_t>(output->dims[2]);
  kernel.pixelBytes = static_cast<uint32_t>(input->dims[3]) * typeBytes(input->type);
  kernel.alignCorners = p.file().byteField(p.options(), kResizeAlignCorners, 0) != 0;
  kernel.halfPixelCenters = p.file().byteField(p.options(), kResizeHalfPixelCenters, 0) != 0;
  return p.addWork(elementsOf(*output)) && p.needScratch(resizeNearestScratchBytes(kernel));
}

void run(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  DORMOUSE_CALL(resizeNearest, params.kernel, params.input->data, node.output->data, node.scratch);
}
}  // namespace

const Operation kResizeNearestOperation = {kResizeNearestNeighbor, "RESIZE_NEAREST_NEIGHBOR", prepare, run};

}  // namespace nn
}  // namespace dormouse
