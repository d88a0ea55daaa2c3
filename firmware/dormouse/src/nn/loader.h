// Reads a .tflite into a Graph: structure, tensors, operators, arena plan. Inside nn/ only.
#ifndef DORMOUSE_NN_LOADER_H
#define DORMOUSE_NN_LOADER_H

#include "graph.h"
#include "planner.h"
#include "preparation.h"
#include "sentence.h"

namespace dormouse {
namespace nn {

// More than any model for a microcontroller; keeps the planner's quadratic steps short on hostile files.
static const uint32_t kMaxTensors = 4096;
static const uint32_t kMaxOperators = 4096;
static const uint32_t kMaxTensorBytes = 1u << 26;
static const uint32_t kMaxArenaBytes = 1u << 26;
// About a minute on the fastest board.
static const uint64_t kMaxWork = 1ull << 33;

// A plan item's first step while nothing has written it.
static const uint16_t kUnwritten = 0xFFFF;

class Loader {
 public:
  Loader(const uint8_t* tflite, uint32_t length, void* memory, uint32_t bytes, char* text,
         uint32_t textBytes);

  // Everything but the arena's addresses.
  Status read();
  // Puts the arena behind the bookkeeping; fails if it does not fit.
  Status place();

#if defined(DORMOUSE_HOST)
  // In place of place(): looks for a better plan than a board would. One offset per tensor, -1 for those that
  // have no place in the arena; at most `most` of them are written.
  Status search(int32_t* offsets, uint32_t most);
#endif

  internal::Graph* graph() { return graph_; }

 private:
  friend class Preparation;

  bool recognise();
  bool readModel();
  bool readTensors(const Table& subgraph, const Vector& buffers);
  bool readTensor(uint32_t index, const Table& table, const Vector& buffers);
  void keepState(uint32_t tensor);
  bool readShape(const Table& table, Tensor* tensor);
  bool readQuantization(uint32_t index, const Table& table, Tensor* tensor);
  bool readBuffer(uint32_t index, const Table& table, const Vector& buffers, Tensor* tensor);
  bool readEnds(const Table& subgraph);
  bool chooseOperations(const Table& subgraph, const Vector& codes);
  bool readOperators(const Table& subgraph);
  bool readOperator(uint32_t index, const Table& table);
  const Operation* chooseOperation(uint32_t index, const Table& table, const Vector& codes);
  bool connectInputs(uint32_t index, const Vector& inputs);
  bool connectOutputs(uint32_t index, const Vector& outputs);
  bool plan();
  bool orderFor(uint32_t lists, uint16_t** order);
  Vector givenPlan();
  uint64_t planAsGiven(const Vector& offsets, PlanItem* items, uint16_t* order);

#if defined(DORMOUSE_NN_NO_SENTENCES)
  bool fail(Status status, const char*) {
    status_ = status;
    return false;
  }
  bool damagedTensor(uint32_t, const char*) { return fail(Status::kDamaged, nullptr); }
#else
  bool fail(Status status, const char* sentence);
  bool damagedTensor(uint32_t index, const char* what);
#endif
  // The file was found damaged on the way, or nothing is wrong.
  bool sound();
  bool isVariable(uint32_t tensor);
  void* allocate(uint64_t bytes);
  void* allocateZeros(uint64_t bytes);
  // Takes part in the plan from now on; false without memory for it.
  bool addItem(uint16_t* number);
  // Numbers count down from the end of the memory.
  PlanItem& item(uint32_t number) const { return *(itemsEnd_ - 1 - number); }
  // Of a tensor that is no constant.
  PlanItem& itemOf(uint32_t tensor) const { return item(numbers_[tensor]); }
  // The number under which a tensor has its memory: another's, where it shares that.
  uint16_t rootOf(uint32_t tensor) const;

  uint8_t* memory_;
  uint32_t bytes_;  // what is left between the bookkeeping below and the planner's notes above
  uint32_t used_;   // bookkeeping
  uint32_t notes_;  // planner's notes, at the end of the memory while loading
  internal::Graph* graph_;
  PlanItem* itemsEnd_;  // items of tensors and of operators' scratch
  uint32_t itemCount_;
  uint16_t* numbers_;  // per tensor: its item; kNoItem for constants
  const uint8_t* tflite_;
  uint32_t length_;
  uint64_t work_;
  uint32_t current_;  // the operator being read
  Status status_;
  char* text_;
  uint32_t textBytes_;
};

}  // namespace nn
}  // namespace dormouse

#endif
