// What an operator's prepare function sees of the model while it is being loaded: its options, its tensors,
// and the means to take memory or to refuse. Inside nn/ only.
#ifndef DORMOUSE_NN_PREPARATION_H
#define DORMOUSE_NN_PREPARATION_H

#include "graph.h"
#include "multiplier.h"
#include "planner.h"
#include "sentence.h"

namespace dormouse {
namespace nn {

class Preparation {
 public:
  File& file() { return graph_->file; }
  const Table& options() const { return options_; }
  const char* name() const { return node_->operation->name; }
  int32_t code() const { return node_->operation->code & ~kWideForm; }

  uint32_t inputCount() const { return inputs_.count; }
  // nullptr where an optional input is left out.
  Tensor* input(uint32_t index);
  Tensor* output() { return node_->output; }
  uint32_t outputCount() const { return outputs_.count; }
  Tensor* output(uint32_t index);  // of outputCount()
  bool constant(const Tensor* tensor) const;

  // The number of inputs lies in [low, high], and all but those from `optional` on are there.
  bool expectTensors(uint32_t low, uint32_t high, uint32_t optional);
  // int8 with a usable scale and a zero point in range.
  bool expectInt8(const Tensor* tensor);
  // int16 with a usable scale and no zero point.
  bool expectInt16(const Tensor* tensor);
  bool expectType(const Tensor* tensor, int8_t type);
  bool expectConstant(const Tensor* tensor);
  bool expectRank(const Tensor* tensor, uint32_t rank);
  // `channels` scales of a tensor's quantization, or one for all, 4-aligned in the file; zero points all 0;
  // along `dimension`. Whether the scales are usable remains to be seen.
  bool expectChannelScales(const Tensor* tensor, uint32_t channels, uint32_t dimension, Vector* scales);
  // Kept from one inference to the next.
  bool expectState(const Tensor* tensor);
  // Settings: int32, constant, `count` values.
  bool expectSettings(const Tensor* tensor, uint32_t count);
  // int32, constant, `count` values; a missing bias is fine.
  bool expectBias(const Tensor* bias, uint32_t count);

  // The output's range under a fused activation.
  bool activationRange(uint8_t activation, int16_t* low, int16_t* high);

  // Persistent memory, aligned for pointers, with anything in it.
  void* allocate(uint64_t bytes);
  void* allocateZeros(uint64_t bytes);
  template <typename Params>
  Params* makeParams() {
    Params* const params = static_cast<Params*>(allocateZeros(sizeof(Params)));
    node_->params = params;
    return params;
  }
  bool needScratch(uint64_t bytes);
  // The output takes the input's place in memory where the input is not a constant.
  void shareMemory(const Tensor* input);
  // The output may lie over the input where nothing needs that any longer, beginning `lead` bytes earlier:
  // whenever the operator writes a byte of the output, it needs no input from more than `lead` bytes before
  // it. The last call counts.
  void mayOverlap(const Tensor* input, uint32_t lead);
  // Counts what one inference costs; false when it is more than any board could do.
  bool addWork(uint64_t steps);
  bool addMacs(uint64_t macs);

  // Each of these refuses the model with a sentence that names this operator, and returns false.
#if defined(DORMOUSE_NN_NO_SENTENCES)
  bool unsupported(const char*) {
    *status_ = Status::kUnsupported;
    return false;
  }
  bool damaged(const char*) {
    *status_ = Status::kDamaged;
    return false;
  }
#else
  bool unsupported(const char* what);
  bool damaged(const char* what);
#endif

 private:
  friend class Loader;

  internal::Graph* graph_;
  Node* node_;
  Table options_;
  Vector inputs_;
  Vector outputs_;
  class Loader* loader_;
  Status* status_;
};

}  // namespace nn
}  // namespace dormouse

#endif
