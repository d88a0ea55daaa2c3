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

template <typename T>
bool prepare(Preparation& p) {
  if (!p.expectTensors(1, 1, 1)) return false;
  const Tensor* const input = p.input(0);
  if (!TypeOf<T>::expect(p, input) || !TypeOf<T>::expect(p, p.output())) return false;
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
  // Sums of the average stay below 2^31, with half of the divisor.
  if (static_cast<uint32_t>(w.height) * w.width > (sizeof(T) == 1 ? 1u << 22 : 1u << 15))
    return p.unsupported("has too large a window");
  if (w.batches == 1) p.mayOverlap(input, leadOf(w, 1) * static_cast<uint32_t>(sizeof(T)));
  const uint64_t perOutput = static_cast<uint64_t>(w.height) * w.width;
  return p.activationRange(file.byteField(options, kPoolActivation, kNone), &params->kernel.low,
                           &params->kernel.high) &&
         p.addWork(perOutput * elementsOf(*p.output())) && p.needScratch(poolScratchBytes(params->kernel));
}

void runMax(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  DORMOUSE_CALL(maxPool, params.kernel, valuesOf<int8_t>(params.input), outputOf<int8_t>(node));
}

void runMaxWide(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  DORMOUSE_CALL(maxPool16, params.kernel, valuesOf<int16_t>(params.input), outputOf<int16_t>(node));
}

void runAverage(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  DORMOUSE_CALL(averagePool, params.kernel, valuesOf<int8_t>(params.input), outputOf<int8_t>(node));
}

void runAverageWide(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  DORMOUSE_CALL(averagePool16, params.kernel, valuesOf<int16_t>(params.input), outputOf<int16_t>(node));
}
}  // namespace

const Operation kMaxPoolOperation = {kMaxPool2D, "MAX_POOL_2D", prepare<int8_t>, runMax};
const Operation kMaxPoolInt16Operation = {kMaxPool2D + kWideForm, "MAX_POOL_2D_INT16", prepare<int16_t>,
                                          runMaxWide};
const Operation kAveragePoolOperation = {kAveragePool2D, "AVERAGE_POOL_2D", prepare<int8_t>, runAverage};
const Operation kAveragePoolInt16Operation = {kAveragePool2D + kWideForm, "AVERAGE_POOL_2D_INT16",
                                              prepare<int16_t>, runAverageWide};

}  // namespace nn
}  // namespace dormouse
