#include "../kernels/pool.h"
#include "common.h"

namespace dormouse {
namespace nn {

using namespace schema;

namespace {
struct Params {
  PoolParams kernel;
  const Tensor* input;
};

bool sameQuantization(const Tensor& a, const Tensor& b) {
  return a.zeroPoint == b.zeroPoint && nearlySame(a.scale, b.scale);
}

bool prepare(Preparation& p) {
  if (!p.expectTensors(1, 1, 1)) return false;
  const Tensor* const input = p.input(0);
  if (!p.expectInt8(input) || !p.expectInt8(p.output())) return false;
  if (!sameQuantization(*input, *p.output())) return p.unsupported("changes the scale of its values");
  Params* const params = p.makeParams<Params>();
  if (params == nullptr) return false;
  params->input = input;
  File& file = p.file();
  const Table& options = p.options();
  WindowOptions o;
  o.padding = file.byteField(options, kPoolPadding, kSame);
  o.height = file.intField(options, kPoolFilterH, 0);
  o.width = file.intField(options, kPoolFilterW, 0);
  o.strideY = file.intField(options, kPoolStrideH, 0);
  o.strideX = file.intField(options, kPoolStrideW, 0);
  o.dilationY = 1;
  o.dilationX = 1;
  Window& w = params->kernel.window;
  if (!makeWindow(p, o, &w)) return false;
  if (w.inChannels != w.outChannels)
    return p.damaged("has not as many channels in its output as in its input");
  // Sums of the average stay far below 2^31.
  if (static_cast<uint32_t>(w.height) * w.width > 1u << 22)
    return p.unsupported("has a window above 4 million values");
  if (w.batches == 1) p.mayOverlap(input, leadOf(w, 1));
  const uint64_t perOutput = static_cast<uint64_t>(w.height) * w.width;
  return p.activationRange(file.byteField(options, kPoolActivation, kNone), &params->kernel.low,
                           &params->kernel.high) &&
         p.addWork(perOutput * elementsOf(*p.output())) && p.needScratch(poolScratchBytes(params->kernel));
}

void runMax(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  DORMOUSE_CALL(maxPool, params.kernel, int8Data(params.input), reinterpret_cast<int8_t*>(node.output->data));
}

void runAverage(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  DORMOUSE_CALL(averagePool, params.kernel, int8Data(params.input),
                reinterpret_cast<int8_t*>(node.output->data));
}
}  // namespace

const Operation kMaxPoolOperation = {kMaxPool2D, "MAX_POOL_2D", prepare, runMax};
const Operation kAveragePoolOperation = {kAveragePool2D, "AVERAGE_POOL_2D", prepare, runAverage};

}  // namespace nn
}  // namespace dormouse
