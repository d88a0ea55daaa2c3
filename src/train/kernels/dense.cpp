// Dense layers, and 1x1 convolutions, which are dense layers over more rows.
#include "gemm.h"
#include "layers.h"

namespace dormouse {
namespace train {

void denseForward(const Op& op, const Shard& shard) {
  const int32_t positions = op.inH * op.inW;
  const int32_t from = shard.first * positions;
  const Gemm job = {(shard.last - shard.first) * positions,
                    op.outC,
                    op.inC,
                    op.x + from * op.inC,
                    op.inC,
                    1,
                    op.w,
                    op.outC,
                    op.y + from * op.outC,
                    op.outC,
                    false,
                    op.b,
                    op.activation};
  gemm(job, shard.scratch);
}

void denseBackward(const Op& op, const Shard& shard) {
  const int32_t positions = op.inH * op.inW;
  const int32_t from = shard.first * positions;
  const int32_t rows = (shard.last - shard.first) * positions;
  float* dy = op.dy + from * op.outC;
  maskByActivation(dy, op.y + from * op.outC, rows * op.outC, op.activation);
  if (op.dw) {
    if (op.db) sumRows(dy, rows, op.outC, op.db + shard.gradOffset);
    // dw = x^T dy
    Gemm weights = {op.inC, op.outC, rows,    op.x + from * op.inC,     1,
                    op.inC, dy,      op.outC, op.dw + shard.gradOffset, op.outC,
                    false,  nullptr, kNone};
    weights.across = true;
    if (rows > 0) {
      gemm(weights, shard.scratch);
    } else {
      __builtin_memset(weights.c, 0, static_cast<uint32_t>(op.inC * op.outC) * sizeof(float));
    }
  }
  if (!op.dx) return;
  // dx = dy w^T
  Gemm inputs = {rows,
                 op.inC,
                 op.outC,
                 dy,
                 op.outC,
                 1,
                 op.w,
                 op.outC,
                 op.dx + from * op.inC,
                 op.inC,
                 (op.accumulate & kAccumulateDx) != 0,
                 nullptr,
                 kNone};
  inputs.turned = true;
  gemm(inputs, shard.scratch);
}

}  // namespace train
}  // namespace dormouse
