// Runs the program on one thread of several. All threads call runJob() with the same Job; the batch is cut
// into a fixed number of shards that the threads share out, and every sum over shards is taken in their
// order, so the number of threads changes no bit of the result.
#include "gemm.h"
#include "layers.h"
#include "math.h"
#include "quantised.h"

namespace dormouse {
namespace train {
namespace {

void wait(uint32_t* address, uint32_t seen) {
  // A batch takes microseconds: look for a moment before going to sleep.
  for (int32_t i = 0; i < 2000; i++)
    if (__atomic_load_n(address, __ATOMIC_SEQ_CST) != seen) return;
  while (__atomic_load_n(address, __ATOMIC_SEQ_CST) == seen)
    __builtin_wasm_memory_atomic_wait32(reinterpret_cast<int32_t*>(address), static_cast<int32_t>(seen), -1);
}

void wake(uint32_t* address) {
  __builtin_wasm_memory_atomic_notify(reinterpret_cast<int32_t*>(address), 0xffffffffu);
}

// All threads wait for the last, which does `between` before they go on.
template <typename Between>
void barrier(Job& job, const Between& between) {
  if (job.threads == 1) {
    between();
    return;
  }
  const uint32_t generation = __atomic_load_n(&job.generation, __ATOMIC_SEQ_CST);
  if (__atomic_add_fetch(&job.arrived, 1u, __ATOMIC_SEQ_CST) == static_cast<uint32_t>(job.threads)) {
    between();
    __atomic_store_n(&job.arrived, 0u, __ATOMIC_SEQ_CST);
    __atomic_store_n(&job.generation, generation + 1u, __ATOMIC_SEQ_CST);
    wake(&job.generation);
  } else {
    wait(&job.generation, generation);
  }
}

void barrier(Job& job) {
  barrier(job, [] {});
}

Shard shardOf(const Job& job, int32_t index, int32_t thread) {
  const int32_t first = index * job.shardRows;
  const int32_t end = first + job.shardRows;
  return {index, first < job.rows ? first : job.rows, end < job.rows ? end : job.rows, index * job.gradStride,
          job.scratch + thread * job.scratchStride};
}

uint32_t dropoutSeed(const Job& job, int32_t op) { return hashOf(job.noiseSeed, static_cast<uint32_t>(op)); }

void forward(const Job& job, int32_t index, const Shard& shard) {
  const Op& op = job.ops[index];
  if (op.quantised) return quantisedForward(op, shard);
  switch (op.kind) {
    case kDense:
      return denseForward(op, shard);
    case kConv:
      return convForward(op, shard);
    case kDepthwise:
      return depthwiseForward(op, shard);
    case kMaxPool:
    case kAveragePool:
      return poolForward(op, shard);
    case kActivation:
      return activationForward(op, shard);
    case kDropout:
      return dropoutForward(op, shard, job.mode == kTrain, dropoutSeed(job, index));
    case kAdd:
      return addForward(op, shard);
    case kZeroPadding:
      return padForward(op, shard);
    case kFrozenNorm:
      return frozenNormForward(op, shard);
    case kSoftmaxLoss:
    case kSigmoidLoss:
    case kSquaredLoss:
      return lossForward(op, job, shard);
    default:
      return;
  }
}

bool isLoss(const Op& op) {
  return op.kind == kSoftmaxLoss || op.kind == kSigmoidLoss || op.kind == kSquaredLoss;
}

void backward(const Job& job, int32_t index, const Shard& shard) {
  const Op& op = job.ops[index];
  // Nothing that learns lies at or before this layer.
  if (!op.dy && !isLoss(op)) return;
  if (op.quantised) return quantisedBackward(op, shard);
  switch (op.kind) {
    case kDense:
      return denseBackward(op, shard);
    case kConv:
      return convBackward(op, shard);
    case kDepthwise:
      return depthwiseBackward(op, shard);
    case kMaxPool:
    case kAveragePool:
      return poolBackward(op, shard);
    case kActivation:
      return activationBackward(op, shard);
    case kDropout:
      return dropoutBackward(op, shard, job.mode == kTrain, dropoutSeed(job, index));
    case kAdd:
      return addBackward(op, shard);
    case kZeroPadding:
      return padBackward(op, shard);
    case kFrozenNorm:
      return frozenNormBackward(op, shard);
    case kSoftmaxLoss:
    case kSigmoidLoss:
    case kSquaredLoss:
      return lossBackward(op, job, shard);
    default:
      return;
  }
}

template <typename Body>
void eachShard(const Job& job, int32_t thread, const Body& body) {
  for (int32_t s = thread; s < job.shards; s += job.threads) body(s);
}

// Between two batch norms a shard runs through all layers at once, while its values are in the cache; a batch
// norm's first half ends such a stage, its second half begins the next.
void forwardAll(Job& job, int32_t thread) {
  const bool evaluating = job.mode == kEvaluate;
  bool half = false;  // of the batch norm at `from`, done
  for (int32_t from = 0; from < job.opCount;) {
    int32_t to = half ? from + 1 : from;
    while (to < job.opCount && (evaluating || job.ops[to].kind != kBatchNorm)) to++;
    eachShard(job, thread, [&](int32_t s) {
      const Shard shard = shardOf(job, s, thread);
      if (!half) gatherRows(job, shard);
      for (int32_t i = from; i < to; i++) {
        if (job.ops[i].kind == kBatchNorm)
          normForwardApply(job.ops[i], shard, job.shards, evaluating);
        else
          forward(job, i, shard);
      }
      if (to < job.opCount) normForwardSums(job.ops[to], shard);
    });
    if (to < job.opCount) barrier(job, [&] { normForwardJoin(job.ops[to], job); });
    from = to;
    half = true;
  }
}

void backwardAll(Job& job, int32_t thread) {
  for (int32_t from = job.opCount - 1; from >= 0;) {
    int32_t to = from - 1;
    while (to >= 0 && job.ops[to].kind != kBatchNorm) to--;
    eachShard(job, thread, [&](int32_t s) {
      const Shard shard = shardOf(job, s, thread);
      for (int32_t i = from; i > to; i--) {
        if (job.ops[i].kind == kBatchNorm)
          normBackwardApply(job.ops[i], shard, job.rows, job.shards);
        else
          backward(job, i, shard);
      }
      if (to >= 0) normBackwardSums(job.ops[to], shard, job.shards);
    });
    if (to >= 0) barrier(job, [&] { normBackwardJoin(job.ops[to], job.shards); });
    from = to;
  }
}

void runJob(Job& job, int32_t thread) {
  if (job.ops[0].quantised) {
    if (thread == 0) prepareQuantised(job);
    barrier(job);
  }
  forwardAll(job, thread);
  if (job.mode != kEvaluate) {
    backwardAll(job, thread);
    barrier(job);
    const int32_t part = (job.paramCount + job.threads - 1) / job.threads;
    const int32_t from = part * thread < job.paramCount ? part * thread : job.paramCount;
    const int32_t to = from + part < job.paramCount ? from + part : job.paramCount;
    updatePart(job, from, to);
  }
  barrier(job);
}

}  // namespace
}  // namespace train
}  // namespace dormouse

using dormouse::train::Job;
using dormouse::train::Op;

extern "C" {

// The leading thread: starts the helpers on the job and runs its own part; returns when all is done.
__attribute__((export_name("train_lead"))) void train_lead(Job* job) {
  if (job->threads > 1) {
    __atomic_add_fetch(&job->ticket, 1u, __ATOMIC_SEQ_CST);
    dormouse::train::wake(&job->ticket);
  }
  if (job->mode != dormouse::train::kQuit) dormouse::train::runJob(*job, 0);
}

// A helping thread: runs its part of every job until one says quit. `seen` is the ticket it begins at.
__attribute__((export_name("train_serve"))) void train_serve(Job* job, int32_t thread, uint32_t seen) {
  for (;;) {
    dormouse::train::wait(&job->ticket, seen);
    seen++;
    if (job->mode == dormouse::train::kQuit) return;
    dormouse::train::runJob(*job, thread);
  }
}

// Sizes that src/train/plan.ts must agree with.
__attribute__((export_name("train_op_bytes"))) uint32_t train_op_bytes() { return sizeof(Op); }
__attribute__((export_name("train_job_bytes"))) uint32_t train_job_bytes() { return sizeof(Job); }
__attribute__((export_name("train_quantised_bytes"))) uint32_t train_quantised_bytes() {
  return sizeof(dormouse::train::Quantised);
}

// For benchmarks: a plain product of two matrices, row by row.
__attribute__((export_name("train_gemm"))) void train_gemm(int32_t m, int32_t n, int32_t k, const float* a,
                                                           const float* b, float* c, float* pack) {
  const dormouse::train::Gemm job = {m, n, k, a, k, 1, b, n, c, n, false, nullptr, 0};
  dormouse::train::gemm(job, pack);
}
}
