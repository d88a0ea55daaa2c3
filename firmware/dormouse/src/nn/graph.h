// The engine's own view of a loaded model. Inside nn/ only. All of it lies in the memory handed to
// Model::load(), but weights, shapes and names, which stay in the file.
#ifndef DORMOUSE_NN_GRAPH_H
#define DORMOUSE_NN_GRAPH_H

#include "file.h"
#include "nn.h"
#include "rank.h"

namespace dormouse {
namespace nn {

// In place of a TensorType: a dimension is 0.
static const int8_t kNoValues = -1;

struct Tensor {
  uint8_t* data;        // in the file for constants (then never written), else in the arena
  const int32_t* dims;  // in the file
  float scale;          // of the first channel; 0 = not quantised
  int16_t zeroPoint;
  int8_t type;
  uint8_t rank;
};

uint32_t elementsOf(const Tensor& tensor);
uint32_t bytesOf(const Tensor& tensor);
// Dimension counted from the first; 1 beyond the rank.
inline int32_t dimOf(const Tensor& tensor, uint32_t index) {
  return index < tensor.rank ? tensor.dims[index] : 1;
}

struct Operation;

struct Node {
  const Operation* operation;
  void* params;      // the operator's own, made by its prepare function
  uint8_t* scratch;  // in the arena; nullptr if it needs none
  Tensor* output;    // the first
};

namespace internal {
struct Graph {
  File file;
  Tensor* tensors;
  Node* nodes;
  uint32_t tensorCount;
  uint32_t nodeCount;
  Vector tensorTables;
  Vector inputs;
  Vector outputs;
  uint32_t arenaBytes;
  uint32_t persistentBytes;
  uint32_t macs;
  bool keepsState;
};

// Sets what is kept between inferences to zero, as before the first.
void resetState(Graph& graph);
}  // namespace internal

class Preparation;

// Added to an operator's code: its form for int16 values, where that is not the one for int8.
static const int16_t kWideForm = 0x4000;

// One row of the registry: how an operator is prepared (once, at load) and run.
struct Operation {
  int16_t code;  // as in the schema, and perhaps kWideForm
  const char* name;
  // Checks everything that run() relies on; false after it has refused through the Preparation.
  bool (*prepare)(Preparation& preparation);
  void (*run)(const Node& node);
};

// The form for these values, or, for its prepare function to refuse, another; nullptr for operators that the
// engine has not.
const Operation* findOperation(int32_t code, bool wide);
// All that it has.
const Operation* const* operationsBegin();
const Operation* const* operationsEnd();

}  // namespace nn
}  // namespace dormouse

#endif
