#include "../../math/exact.h"

#include "common.h"

namespace dormouse {
namespace nn {

using namespace schema;

namespace {
bool small(int32_t x) { return x >= 1 && x <= 0xFFFF; }

// One axis of the window: how many places it has, and how much padding comes before the image.
bool slide(uint8_t padding, int32_t size, int32_t stride, int32_t dilation, int32_t image, int32_t places,
           uint16_t* before) {
  const int64_t reach = static_cast<int64_t>(size - 1) * dilation + 1;
  // Also without a place the window may be far larger than the image.
  if (padding != kSame && reach > image) return false;
  const int32_t free = image - (padding == kSame ? 1 : static_cast<int32_t>(reach));
  if (free / stride + 1 != places) return false;
  int64_t total = (static_cast<int64_t>(places) - 1) * stride + reach - image;
  if (total < 0) total = 0;
  if (total / 2 > 0xFFFF) return false;
  *before = static_cast<uint16_t>(total / 2);
  return true;
}
}  // namespace

bool makeWindow(Preparation& p, const WindowOptions& o, Window* w) {
  const Tensor* const in = p.input(0);
  const Tensor* const out = p.output();
  if (!p.expectRank(in, 4) || !p.expectRank(out, 4)) return false;
  for (uint32_t i = 0; i < 4; i++) {
    if (!small(in->dims[i]) || !small(out->dims[i])) return p.unsupported("has a dimension above 65535");
  }
  if (o.padding > kValid) return p.unsupported("has an unknown kind of padding");
  if (!small(o.height) || !small(o.width) || !small(o.strideY) || !small(o.strideX) || !small(o.dilationY) ||
      !small(o.dilationX))
    return p.damaged("has a window, stride or dilation out of range");
  if (in->dims[0] != out->dims[0] ||
      !slide(o.padding, o.height, o.strideY, o.dilationY, in->dims[1], out->dims[1], &w->padTop) ||
      !slide(o.padding, o.width, o.strideX, o.dilationX, in->dims[2], out->dims[2], &w->padLeft))
    return p.damaged("has an output whose shape does not follow from its input");
  w->batches = static_cast<uint16_t>(in->dims[0]);
  w->inHeight = static_cast<uint16_t>(in->dims[1]);
  w->inWidth = static_cast<uint16_t>(in->dims[2]);
  w->inChannels = static_cast<uint16_t>(in->dims[3]);
  w->outHeight = static_cast<uint16_t>(out->dims[1]);
  w->outWidth = static_cast<uint16_t>(out->dims[2]);
  w->outChannels = static_cast<uint16_t>(out->dims[3]);
  w->height = static_cast<uint16_t>(o.height);
  w->width = static_cast<uint16_t>(o.width);
  w->strideY = static_cast<uint16_t>(o.strideY);
  w->strideX = static_cast<uint16_t>(o.strideX);
  w->dilationY = static_cast<uint16_t>(o.dilationY);
  w->dilationX = static_cast<uint16_t>(o.dilationX);
  return true;
}

namespace {
// True where the quick arithmetic of Requantization gives the same numbers.
bool sumsStaySmall(const WeightedOperator& o) {
  if (o.depth > 1u << 14) return false;
  if (o.bias == nullptr) return true;
  const int32_t* bias = int32Data(o.bias);
  const uint32_t limit = 1u << 29;
  uint32_t beyond = 0;
  for (const int32_t* const end = bias + o.channels; bias != end; bias++)
    beyond |= static_cast<uint32_t>(*bias) + limit;  // below 2^30 where |bias| < 2^29
  return beyond < 2 * limit;
}
}  // namespace

bool makeRequantization(Preparation& p, const WeightedOperator& o, Requantization* r) {
  Vector scales = {0, 0};
  if (!p.expectChannelScales(o.weights, o.channels, o.dimension, &scales)) return false;
  if (!p.activationRange(o.activation, &r->low, &r->high)) return false;
  r->outputOffset = p.output()->zeroPoint;
  const bool common = p.code() == kFullyConnected && scales.count == 1;
  const uint32_t count = common ? 1 : o.channels;
  int32_t* const multipliers = static_cast<int32_t*>(p.allocate(static_cast<uint64_t>(count) * 4u));
  int8_t* const rights = static_cast<int8_t*>(p.allocate(count));
  if (multipliers == nullptr || rights == nullptr) return false;
  r->multipliers = multipliers;
  r->rights = rights;
  r->step = common ? 0 : 1;
  const float* const values = reinterpret_cast<const float*>(p.file().at(scales.position));
  const RatioOfScales ratio(o.input->scale, p.output()->scale);
  // For fully connected layers with one scale, too: TFLite's source rounds the product of scales to float32,
  // but the interpreters that people run (TFLM's and LiteRT's wheels) do not.
  int32_t least = 0;
  int32_t most = 0;
  if (!ratio.timesAll(values, scales.count == 1 ? 0 : 1, count, multipliers, rights, &least, &most))
    return p.damaged("has scales that do not go together");
  // A zero point of the weights makes sums larger.
  r->quick = least >= 1 && most <= kMostQuickRight && o.weights->zeroPoint == 0 && sumsStaySmall(o);
  return true;
}

}  // namespace nn
}  // namespace dormouse
