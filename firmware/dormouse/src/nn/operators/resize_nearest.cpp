// RESIZE_NEAREST_NEIGHBOR: every place of the output takes the nearest of the input's, by TFLite's float32
// rule.
#include "../../math/exact.h"

#include "../../math/math.h"
#include "../names.h"

#include "common.h"

namespace dormouse {
namespace nn {

using namespace schema;

namespace {
struct Params {
  const Tensor* input;
  uint32_t pixelBytes;
  bool alignCorners;
  bool halfPixelCenters;
};

uint32_t nearest(const Params& params, uint32_t place, uint32_t inSize, uint32_t outSize) {
  const float scale = params.alignCorners && outSize > 1
                          ? static_cast<float>(inSize - 1) / static_cast<float>(outSize - 1)
                          : static_cast<float>(inSize) / static_cast<float>(outSize);
  const float at = (static_cast<float>(place) + (params.halfPixelCenters ? 0.5f : 0.0f)) * scale;
  const uint32_t found =
      static_cast<uint32_t>(params.alignCorners ? math::roundAway(at) : static_cast<int32_t>(at));
  return found < inSize ? found : inSize - 1;
}

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
  params->pixelBytes = static_cast<uint32_t>(input->dims[3]) * typeBytes(input->type);
  params->alignCorners = p.file().byteField(p.options(), kResizeAlignCorners, 0) != 0;
  params->halfPixelCenters = p.file().byteField(p.options(), kResizeHalfPixelCenters, 0) != 0;
  // The scratch holds each column's place in the input.
  return p.addWork(elementsOf(*output)) && p.needScratch(static_cast<uint64_t>(output->dims[2]) * 2u);
}

void run(const Node& node) {
  const Params& params = *static_cast<const Params*>(node.params);
  const int32_t* const in = params.input->dims;
  const int32_t* const out = node.output->dims;
  const uint32_t inWidth = static_cast<uint32_t>(in[2]);
  const uint32_t outWidth = static_cast<uint32_t>(out[2]);
  uint16_t* const columns = reinterpret_cast<uint16_t*>(node.scratch);
  for (uint32_t x = 0; x < outWidth; x++)
    columns[x] = static_cast<uint16_t>(nearest(params, x, inWidth, outWidth));
  const size_t rowBytes = static_cast<size_t>(inWidth) * params.pixelBytes;
  const uint8_t* image = params.input->data;
  uint8_t* to = node.output->data;
  for (int32_t batch = 0; batch < out[0]; batch++, image += rowBytes * static_cast<uint32_t>(in[1])) {
    for (int32_t y = 0; y < out[1]; y++) {
      const uint8_t* const row =
          image + rowBytes * nearest(params, static_cast<uint32_t>(y), static_cast<uint32_t>(in[1]),
                                     static_cast<uint32_t>(out[1]));
      for (uint32_t x = 0; x < outWidth; x++, to += params.pixelBytes)
        __builtin_memcpy(to, row + static_cast<size_t>(columns[x]) * params.pixelBytes, params.pixelBytes);
    }
  }
}
}  // namespace

const Operation kResizeNearestOperation = {kResizeNearestNeighbor, "RESIZE_NEAREST_NEIGHBOR", prepare, run};

}  // namespace nn
}  // namespace dormouse
