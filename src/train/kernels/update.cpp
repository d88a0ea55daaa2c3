// What a step does once the gradients of all shards are there: joins them in the shards' order, adds the
// penalties and moves the parameters. Each thread does its own part of the parameters.
#include "layers.h"

namespace dormouse {
namespace train {
namespace {

void joinGradients(const Job& job, int32_t from, int32_t to) {
  for (int32_t s = 1; s < job.shards; s++) {
    const float* other = job.gradients + s * job.gradStride;
    for (int32_t i = from; i < to; i++) job.gradients[i] += other[i];
  }
}

void addPenalties(const Job& job, int32_t from, int32_t to) {
  for (int32_t o = 0; o < job.opCount; o++) {
    const Op& op = job.ops[o];
    if (op.l2 == 0.0f || !op.w) continue;
    const int32_t start = static_cast<int32_t>(op.w - job.params);
    const int32_t count = op.kind == kDense ? op.inC * op.outC : op.kH * op.kW * op.inC * op.outC;
    for (int32_t i = start > from ? start : from; i < start + count && i < to; i++)
      job.gradients[i] += 2.0f * op.l2 * job.params[i];
  }
}

// Adam (Kingma and Ba, 2015), epsilon beside the bias-corrected root as in the paper.
void update(const Job& job, int32_t from, int32_t to) {
  if (job.optimiser == 1) {
    for (int32_t i = from; i < to; i++) job.params[i] -= job.learningRate * job.gradients[i];
    return;
  }
  const float scale1 = 1.0f / job.correction1;
  const float scale2 = 1.0f / job.correction2;
  for (int32_t i = from; i < to; i++) {
    const float g = job.gradients[i];
    const float m = job.beta1 * job.momentum[i] + (1.0f - job.beta1) * g;
    const float v = job.beta2 * job.variance[i] + (1.0f - job.beta2) * (g * g);
    job.momentum[i] = m;
    job.variance[i] = v;
    job.params[i] -= job.learningRate * (m * scale1) / (__builtin_sqrtf(v * scale2) + job.epsilon);
  }
}

}  // namespace

void updatePart(const Job& job, int32_t from, int32_t to) {
  joinGradients(job, from, to);
  addPenalties(job, from, to);
  if (job.mode == kTrain) update(job, from, to);
}

}  // namespace train
}  // namespace dormouse
