#include "../../math/exact.h"

#include "wide.h"

namespace dormouse {
namespace nn {

bool makeWideBias(Preparation& p, const Tensor* bias, uint32_t channels, bool mayBeNarrow, WideBias* result) {
  result->words = nullptr;
  result->perChannel = 0;
  if (bias == nullptr) return true;
  const bool narrow = mayBeNarrow && bias->type == kInt32;
  if ((!narrow && !p.expectType(bias, kInt64)) || !p.expectConstant(bias)) return false;
  if (elementsOf(*bias) != channels) return p.damaged("has not one bias per channel");
  result->words = int32Data(bias);
  result->perChannel = narrow ? 1 : 2;
  return true;
}

bool makeWideRequantization(Preparation& p, WeightedOperator o, const WideBias& bias, uint8_t withoutBias,
                            WideRequantization* r) {
  o.bias = nullptr;
  if (!makeRequantization(p, o, &r->common)) return false;
  r->narrow = bias.perChannel == 1 || (bias.perChannel == 0 && withoutBias == kInt32);
  if (r->narrow) return true;
  const uint32_t count = r->common.step == 0 ? 1 : o.channels;
  for (uint32_t i = 0; i < count; i++) {
    if (-r->common.rights[i] > kMostWideShift) return p.damaged("has scales that do not go together");
  }
  return true;
}

}  // namespace nn
}  // namespace dormouse
