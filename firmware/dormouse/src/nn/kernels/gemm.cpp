// The form for any processor, and what the forms share.
#include "gemm.h"

#include "gemm_forms.h"

namespace dormouse {
namespace nn {

void clampRows(const Requantization& r, int8_t* rows, uint32_t count, uint32_t length, uint32_t stride) {
  for (uint32_t i = 0; i < count; i++, rows += stride) {
    for (uint32_t c = 0; c < length; c++) rows[c] = static_cast<int8_t>(clamp(rows[c], r.low, r.high));
  }
}

namespace {
// A patch is int16 [depth][kLanes].
void fillAnywhere(const Gemm& gemm, void* patch, uint32_t lane, const int8_t* row) {
  int16_t* to = static_cast<int16_t*>(patch) + lane;
  for (uint32_t i = 0; i < gemm.depth; i++, to += kLanes)
    *to = static_cast<int16_t>(row[i] + gemm.inputOffset);
}

void multiplyAnywhere(const Gemm& gemm, const void* patch, const int8_t* weights, const int32_t* bias,
                      uint32_t first, int8_t* output) {
  const uint32_t stride = gemm.outStride;
  for (uint32_t c = 0; c < gemm.channels; c++, weights += gemm.depth) {
    const int16_t* x = static_cast<const int16_t*>(patch);
    const uint32_t start = bias == nullptr ? 0u : static_cast<uint32_t>(bias[first + c]);
    uint32_t sums[kLanes] = {start, start, start, start};
    for (uint32_t i = 0; i < gemm.depth; i++, x += kLanes) {
      const int32_t w = weights[i];
      sums[0] += static_cast<uint32_t>(x[0] * w);
      sums[1] += static_cast<uint32_t>(x[1] * w);
      sums[2] += static_cast<uint32_t>(x[2] * w);
      sums[3] += static_cast<uint32_t>(x[3] * w);
    }
    for (uint32_t lane = 0; lane < kLanes; lane++)
      output[lane * stride + c] = requantize(sums[lane], gemm.requantization, first + c);
  }
}

uint32_t dotAnywhere(const Gemm& gemm, const int8_t* row, const int8_t* weights) {
  const int32_t offset = gemm.inputOffset;
  uint32_t sum = 0;
  for (uint32_t i = 0; i < gemm.depth; i++) sum += static_cast<uint32_t>((row[i] + offset) * weights[i]);
  return sum;
}
}  // namespace

uint32_t patchBytes(const Gemm& gemm) {
  // The same for every processor, so that what a model needs can be told beforehand; some take values by
  // eights.
  return ((gemm.depth + 7u) & ~7u) * kLanes * 2u;
}

void fillLane(const Gemm& gemm, void* patch, uint32_t lane, const int8_t* row) {
#if defined(DORMOUSE_NN_FILL_FORM)
  if (hasPatchForm(gemm)) {
    fillLaneForm(gemm, patch, lane, row);
    return;
  }
#endif
  fillAnywhere(gemm, patch, lane, row);
}

void multiplyPatch(const Gemm& gemm, const void* patch, const int8_t* weights, const int32_t* bias,
                   uint32_t first, int8_t* output) {
#if defined(DORMOUSE_NN_GEMM_FORM)
  if (hasPatchForm(gemm)) {
    multiplyPatchForm(gemm, patch, weights, bias, first, output);
    return;
  }
#endif
  multiplyAnywhere(gemm, patch, weights, bias, first, output);
}

uint32_t sumRows(const Gemm& gemm, const int8_t* row, const int8_t* weights, uint32_t left, uint32_t* sums) {
#if defined(DORMOUSE_NN_GEMM_FORM)
  if (hasRowForm(gemm)) {
    const uint32_t count = left >= 4 ? 4 : (left >= 2 ? 2 : 1);
    dotRows(gemm, row, weights, count, sums);
    return count;
  }
#endif
  sums[0] = left == 0 ? 0 : dotAnywhere(gemm, row, weights);
  return 1;
}

void multiplyRow(const Gemm& gemm, const int8_t* row, const int8_t* weights, const int32_t* bias,
                 uint32_t first, uint32_t common, int8_t* output) {
  const Requantization& r = gemm.requantization;
  uint32_t done = 0;
  while (done < gemm.channels) {
    uint32_t sums[4];
    const uint32_t count = sumRows(gemm, row, weights, gemm.channels - done, sums);
    for (uint32_t i = 0; i < count; i++, done++) {
      const uint32_t channel = first + done;
      const uint32_t sum =
          sums[i] + (bias == nullptr ? common : common + static_cast<uint32_t>(bias[channel]));
      output[done] = r.quick ? QuickChannel(r, channel).requantize(sum) : requantize(sum, r, channel);
    }
    weights += count * gemm.depth;
  }
}

}  // namespace nn
}  // namespace dormouse
