// One forward and one backward function per kind of layer. Each works on rows [first, last) of the batch, so
// that shards never touch each other's values; weight gradients go to the shard's own copy. Contracts in
// common: backward masks `dy` in place by the fused activation first, writes (or, as op.accumulate says, adds
// to) dx unless dx is null, and writes dw and db.
#pragma once
#include <stdint.h>

#include "program.h"

namespace dormouse {
namespace train {

struct Shard {
  int32_t index;
  int32_t first, last;  // rows
  int32_t gradOffset;   // added to dw and db
  float* scratch;       // the running thread's own
};

void denseForward(const Op& op, const Shard& shard);
void denseBackward(const Op& op, const Shard& shard);
void convForward(const Op& op, const Shard& shard);
void convBackward(const Op& op, const Shard& shard);
void depthwiseForward(const Op& op, const Shard& shard);
void depthwiseBackward(const Op& op, const Shard& shard);
void depthwiseManyForward(const Op& op, const Shard& shard);
void depthwiseManyBackward(const Op& op, const Shard& shard);
void poolForward(const Op& op, const Shard& shard);
void poolBackward(const Op& op, const Shard& shard);
void activationForward(const Op& op, const Shard& shard);
void activationBackward(const Op& op, const Shard& shard);
void dropoutForward(const Op& op, const Shard& shard, bool dropping, uint32_t seed);
void dropoutBackward(const Op& op, const Shard& shard, bool dropping, uint32_t seed);
void addForward(const Op& op, const Shard& shard);
void addBackward(const Op& op, const Shard& shard);
void padForward(const Op& op, const Shard& shard);
void padBackward(const Op& op, const Shard& shard);
// The last op: what the model answers, the loss of it, and (backward) the loss' gradient.
void lossForward(const Op& op, const Job& job, const Shard& shard);
void lossBackward(const Op& op, const Job& job, const Shard& shard);
void frozenNormForward(const Op& op, const Shard& shard);
void frozenNormBackward(const Op& op, const Shard& shard);
void gatherRows(const Job& job, const Shard& shard);
// Makes row `row` of the batch at `to` from the row at `from`, as its kAugmentValues parameters say.
void augmentRow(const Job& job, const float* from, float* to, const float* parameters, uint32_t row);
void updatePart(const Job& job, int32_t from, int32_t to);

// Batch norm needs the whole batch between its two halves: every shard's `Sums`, then `Join` once, then every
// shard's `Apply`. Backward works from x alone (its activation is found again), and dx may be dy.
void normForwardSums(const Op& op, const Shard& shard);
void normForwardJoin(const Op& op, const Job& job);
void normForwardApply(const Op& op, const Shard& shard, int32_t shards, bool evaluating);
void normBackwardSums(const Op& op, const Shard& shard, int32_t shards);
void normBackwardJoin(const Op& op, int32_t shards);
void normBackwardApply(const Op& op, const Shard& shard, int32_t rows, int32_t shards);

// dy *= activation'(y), over n values.
void maskByActivation(float* dy, const float* y, int32_t n, int32_t activation);

inline int32_t inputSizeOf(const Op& op) { return op.inH * op.inW * op.inC; }
inline int32_t outputSizeOf(const Op& op) { return op.outH * op.outW * op.outC; }

}  // namespace train
}  // namespace dormouse
