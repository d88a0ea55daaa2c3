// Dense layers, and 1x1 convolutions, which are dense layers over more rows.
#include "gemm.h"
#include "layers.h"

namespace dormouse {
namespace train {
namespace {

// Sums the columns of dy into db.
void biasGradient(const float* dy, int32_t rows, int32_t columns, float* db) {
  for (int32_t c = 0; c < columns; c++) db[c] = 0.0f;
  for (int32_t r = 0; r < rows; r++)
    for (int32_t c = 0; c < columns; c++) db[c] += dy[r * columns + c];
}

}  // namespace

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
  biasGradient(dy, rows, op.outC, op.db + shard.gradOffset);
  // dw = x^T dy
  const Gemm weights = {op.inC, op.outC, rows,    op.x + from * op.inC,     1,
                        op.inC, dy,      op.outC, op.dw + shard.gradOffset, op.outC,
                        false,  nullptr, kNone};
  gemm(weights, shard.scratch);
  if (!op.dx) return;
  // dx = dy w^T
  float* turned = shard.scratch + kGemmScratch;
  transpose(op.w, op.inC, op.outC, op.outC, turned);
  const Gemm inputs = {rows,
                       op.inC,
                       op.outC,
                       dy,
                       op.outC,
                       1,
                       turned,
                       op.inC,
                       op.dx + from * op.inC,
                       op.inC,
                       (op.accumulate & kAccumulateDx) != 0,
                       nullptr,
                       kNone};
  gemm(inputs, shard.scratch);
}

}  // namespace train
}  // namespace dormouse
