// What a step does once the gradients of all shards are there: joins them in the shards' order, adds the
// penalties and moves the parameters. Each thread does its own part of the parameters.
#include "layers.h"
#include "simd.h"

namespace dormouse {
namespace train {
namespace {

void joinGradients(const Job& job, int32_t from, int32_t to) {
  for (int32_t s = 1; s < job.shards; s++) {
    const float* other = job.gradients + s * job.gradStride;
    for (int32_t i = from; i < to; i++) job.gradients[i] += other[i];
  }
}

int32_t kernelSizeOf(const Op& op) {
  switch (op.kind) {
    case kDense:
      return op.inC * op.outC;
    case kConv:
      return op.kH * op.kW * op.inC * op.outC;
    case kDepthwise:
      return op.kH * op.kW * op.outC;
    default:
      return 0;
  }
}

// Calls body(op, first, last) for the part of each kernel that lies in [from, to). Frozen ones lie behind.
template <typename Body>
void eachKernel(const Job& job, int32_t from, int32_t to, const Body& body) {
  for (int32_t o = 0; o < job.opCount; o++) {
    const Op& op = job.ops[o];
    const int32_t size = kernelSizeOf(op);
    if (size == 0) continue;
    const int32_t start = static_cast<int32_t>(op.w - job.params);
    const int32_t end = start + size;
    body(op, start > from ? start : from, end < to ? end : to);
  }
}

void addPenalties(const Job& job, int32_t from, int32_t to) {
  eachKernel(job, from, to, [&](const Op& op, int32_t first, int32_t last) {
    if (op.l2 == 0.0f) return;
    for (int32_t i = first; i < last; i++) job.gradients[i] += 2.0f * op.l2 * job.params[i];
  });
}

// Kernels only, before the step, apart from the gradient (Loshchilov and Hutter, 2019; Keras' rule).
void decay(const Job& job, int32_t from, int32_t to) {
  if (job.weightDecay == 0.0f) return;
  const float share = job.learningRate * job.weightDecay;
  eachKernel(job, from, to, [&](const Op&, int32_t first, int32_t last) {
    for (int32_t i = first; i < last; i++) job.params[i] -= share * job.params[i];
  });
}

// Keras' rule for momentum: the learning rate is part of the velocity.
void descend(const Job& job, int32_t from, int32_t to) {
  for (int32_t i = from; i < to; i++) {
    job.momentum[i] = job.momentumRate * job.momentum[i] - job.learningRate * job.gradients[i];
    job.params[i] += job.momentum[i];
  }
}

// Adam (Kingma and Ba, 2015), epsilon beside the bias-corrected root as in the paper, four values at a time;
// another thread begins at `to`.
void adam(const Job& job, int32_t from, int32_t to) {
  const v128_t beta1 = wasm_f32x4_splat(job.beta1);
  const v128_t beta2 = wasm_f32x4_splat(job.beta2);
  const v128_t rest1 = wasm_f32x4_splat(1.0f - job.beta1);
  const v128_t rest2 = wasm_f32x4_splat(1.0f - job.beta2);
  const v128_t scale1 = wasm_f32x4_splat(1.0f / job.correction1);
  const v128_t scale2 = wasm_f32x4_splat(1.0f / job.correction2);
  const v128_t rate = wasm_f32x4_splat(job.learningRate);
  const v128_t epsilon = wasm_f32x4_splat(job.epsilon);
  const float* gradients = job.gradients;
  float* momentum = job.momentum;
  float* variance = job.variance;
  float* params = job.params;
  for (int32_t i = from; i < to; i += 4) {
    const v128_t g = wasm_v128_load(gradients + i);
    const v128_t m =
        wasm_f32x4_add(wasm_f32x4_mul(beta1, wasm_v128_load(momentum + i)), wasm_f32x4_mul(rest1, g));
    const v128_t v = wasm_f32x4_add(wasm_f32x4_mul(beta2, wasm_v128_load(variance + i)),
                                    wasm_f32x4_mul(rest2, wasm_f32x4_mul(g, g)));
    const v128_t root = wasm_f32x4_add(wasm_f32x4_sqrt(wasm_f32x4_mul(v, scale2)), epsilon);
    const v128_t way = wasm_f32x4_div(wasm_f32x4_mul(rate, wasm_f32x4_mul(m, scale1)), root);
    storeFirst(momentum + i, m, to - i);
    storeFirst(variance + i, v, to - i);
    storeFirst(params + i, wasm_f32x4_sub(wasm_v128_load(params + i), way), to - i);
  }
}

void update(const Job& job, int32_t from, int32_t to) {
  decay(job, from, to);
  job.optimiser == kGradientDescent ? descend(job, from, to) : adam(job, from, to);
  if (!job.mask) return;
  for (int32_t i = from; i < to; i++)
    if (!job.mask[i]) job.params[i] = 0.0f;
}

}  // namespace

void updatePart(const Job& job, int32_t from, int32_t to) {
  joinGradients(job, from, to);
  addPenalties(job, from, to);
  if (job.mode == kTrain) update(job, from, to);
}

}  // namespace train
}  // namespace dormouse
