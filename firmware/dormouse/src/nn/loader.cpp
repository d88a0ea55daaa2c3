#include "loader.h"

#include "names.h"
#include "recognise.h"
#include "schema.h"

namespace dormouse {
namespace nn {

using namespace schema;

namespace {
const uint16_t kBeforeAll = 0;
const uint16_t kAfterAll = 0xFFFE;
// Versions of one operator differ in the types and options that they allow, which are checked one by one; a
// number beyond all that exist may mean anything.
const int32_t kNewestVersion = 20;
}  // namespace

Loader::Loader(const uint8_t* tflite, uint32_t length, void* memory, uint32_t bytes, char* text,
               uint32_t textBytes)
    : memory_(static_cast<uint8_t*>(memory)),
      bytes_(bytes),
      used_(0),
      notes_(0),
      graph_(nullptr),
      itemsEnd_(nullptr),
      itemCount_(0),
      numbers_(nullptr),
      tflite_(tflite),
      length_(length),
      work_(0),
      current_(0),
      status_(Status::kOk),
      text_(text),
      textBytes_(textBytes) {}

#if !defined(DORMOUSE_NN_NO_SENTENCES)
bool Loader::fail(Status status, const char* sentence) {
  status_ = status;
  Sentence(text_, textBytes_).add(sentence);
  return false;
}

bool Loader::damagedTensor(uint32_t index, const char* what) {
  status_ = Status::kDamaged;
  Sentence(text_, textBytes_).add("The model is damaged: tensor ").add(index).add(" ").add(what).add(".");
  return false;
}
#endif

bool Loader::sound() {
  if (!graph_->file.damaged()) return true;
  return fail(Status::kDamaged,
              "The model is damaged: part of it lies outside of the file, which may be cut off.");
}

void* Loader::allocateZeros(uint64_t bytes) {
  void* const result = allocate(bytes);
  if (result != nullptr) __builtin_memset(result, 0, static_cast<size_t>(bytes));
  return result;
}

void* Loader::allocate(uint64_t bytes) {
  const uint64_t step = sizeof(void*);
  const uint64_t end = used_ + (bytes + step - 1) / step * step;
  if (end > bytes_ || end + notes_ > bytes_) {
    fail(Status::kOutOfMemory, "There is not enough memory for the bookkeeping of this model.");
    return nullptr;
  }
  uint8_t* const result = memory_ + used_;
  used_ = static_cast<uint32_t>(end);
  return result;
}

Status Loader::read() {
  Sentence sentence(text_, textBytes_);
  if (!looksLikeTflite(tflite_, length_, sentence)) return Status::kNotTflite;
  if ((reinterpret_cast<uintptr_t>(tflite_) & 15u) != 0 ||
      (reinterpret_cast<uintptr_t>(memory_) & 15u) != 0) {
    fail(Status::kOutOfMemory, "The model or its memory does not lie at a multiple of 16 bytes.");
    return status_;
  }
  void* const place = allocateZeros(sizeof(internal::Graph));
  if (place == nullptr) return status_;
  graph_ = static_cast<internal::Graph*>(place);
  graph_->file = File(tflite_, length_);
  if (readModel()) plan();
  return status_;
}

bool Loader::readModel() {
  File& file = graph_->file;
  const Table model = file.root();
  const int32_t version = file.intField(model, kModelVersion, 0);
  const Vector codes = file.vectorField(model, kModelOperatorCodes, 4);
  const Vector subgraphs = file.vectorField(model, kModelSubgraphs, 4);
  const Vector buffers = file.vectorField(model, kModelBuffers, 4);
  const Table subgraph = file.tableElement(subgraphs, 0);
  if (!sound()) return false;
  if (version != 3)
    return fail(Status::kUnsupported, "The model's schema version is not 3, the only one known.");
  if (subgraphs.count == 0) return fail(Status::kDamaged, "The model is damaged: it has no graph.");
  // Operators first: what a model needs and the engine has not says more than the tensors that go with it.
  if (!chooseOperations(subgraph, codes) || !readTensors(subgraph, buffers) || !readEnds(subgraph) ||
      !readOperators(subgraph))
    return false;
  for (uint32_t i = 0; i < graph_->outputs.count; i++) {
    const uint32_t index = static_cast<uint32_t>(file.intElement(graph_->outputs, i));
    if (graph_->tensors[index].data != nullptr) continue;
    if (itemOf(index).first == kUnwritten) return damagedTensor(index, "is an output that nothing computes");
    item(rootOf(index)).last = kAfterAll;
  }
  return sound();
}

bool Loader::readTensors(const Table& subgraph, const Vector& buffers) {
  File& file = graph_->file;
  const Vector tensors = file.vectorField(subgraph, kGraphTensors, 4);
  if (!sound()) return false;
  if (tensors.count > kMaxTensors)
    return fail(Status::kTooLarge, "The model has more tensors than a board could hold.");
  // The planner's notes lie at the end of the memory, where the arena will be.
  const uint32_t notes = tensors.count * 2u + 8u;
  if (notes > bytes_ || used_ > bytes_ - notes)
    return fail(Status::kOutOfMemory, "There is not enough memory to plan this model.");
  const uint32_t place = (bytes_ - notes) & ~7u;
  numbers_ = reinterpret_cast<uint16_t*>(memory_ + place);
  itemsEnd_ = reinterpret_cast<PlanItem*>(memory_ + place);
  notes_ = bytes_ - place;
  graph_->tensorTables = tensors;
  graph_->tensorCount = tensors.count;
  graph_->tensors =
      static_cast<Tensor*>(allocateZeros(static_cast<uint64_t>(tensors.count) * sizeof(Tensor)));
  if (graph_->tensors == nullptr) return false;
  for (uint32_t i = 0; i < tensors.count; i++) {
    numbers_[i] = kNoItem;
    const Table table = file.tableElement(tensors, i);
    if (!sound() || !readTensor(i, table, buffers)) return false;
    const bool variable = file.byteField(table, kTensorIsVariable, 0) != 0;
    if (graph_->tensors[i].data != nullptr) {
      if (variable) return damagedTensor(i, "is kept between runs and a constant");
      continue;
    }
    if (!addItem(&numbers_[i])) return false;
    if (variable) keepState(i);
  }
  return true;
}

// What is kept is there before the first operator and after the last.
void Loader::keepState(uint32_t tensor) {
  graph_->keepsState = true;
  PlanItem& item = itemOf(tensor);
  item.bytes = bytesOf(graph_->tensors[tensor]);
  item.first = kBeforeAll;
  item.last = kAfterAll;
}

bool Loader::isVariable(uint32_t tensor) {
  File& file = graph_->file;
  return file.byteField(file.tableElement(graph_->tensorTables, tensor), kTensorIsVariable, 0) != 0;
}

bool Loader::readTensor(uint32_t index, const Table& table, const Vector& buffers) {
  File& file = graph_->file;
  Tensor& tensor = graph_->tensors[index];
  tensor.type = static_cast<int8_t>(file.byteField(table, kTensorType, 0));
  if (file.hasField(table, kTensorSparsity))
    return fail(Status::kUnsupported, "The model's weights are stored sparse, which Dormouse does not read.");
  return sound() && readShape(table, &tensor) && readQuantization(index, table, &tensor) &&
         readBuffer(index, table, buffers, &tensor);
}

bool Loader::readShape(const Table& table, Tensor* tensor) {
  File& file = graph_->file;
  const Vector shape = file.vectorField(table, kTensorShape, 4);
  if (!sound()) return false;
  const uint32_t index = static_cast<uint32_t>(tensor - graph_->tensors);
  if (shape.count > kMaxRank)
    return fail(Status::kUnsupported, "The model has a tensor of more than six dimensions.");
  if ((shape.position & 3u) != 0) return damagedTensor(index, "has a misplaced shape");
  uint64_t bytes = typeBytes(tensor->type) == 0 ? 1 : typeBytes(tensor->type);
  for (uint32_t i = 0; i < shape.count; i++) {
    const int32_t dim = file.intElement(shape, i);
    if (dim < 0) return damagedTensor(index, "has a negative dimension");
    // Converters leave such tensors behind; no operator takes one.
    if (dim == 0) tensor->type = kNoValues;
    bytes *= static_cast<uint32_t>(dim);
    if (bytes > kMaxTensorBytes) {
      status_ = Status::kTooLarge;
      Sentence(text_, textBytes_).add("Tensor ").add(index).add(" needs more memory than any board has.");
      return false;
    }
  }
  tensor->rank = static_cast<uint8_t>(shape.count);
  tensor->dims = shape.count == 0 ? nullptr : reinterpret_cast<const int32_t*>(file.at(shape.position));
  return true;
}

bool Loader::readQuantization(uint32_t index, const Table& table, Tensor* tensor) {
  File& file = graph_->file;
  const Table quantization = file.tableField(table, kTensorQuantization);
  const Vector scales = file.vectorField(quantization, kQuantScale, 4);
  const Vector zeroPoints = file.vectorField(quantization, kQuantZeroPoint, 8);
  if (!sound()) return false;
  if (file.byteField(quantization, kQuantDetails - 1, 0) != 0)
    return fail(Status::kUnsupported, "The model uses a custom quantization, which Dormouse does not read.");
  if (scales.count == 0) return sound();
  if (zeroPoints.count != 0 && zeroPoints.count != scales.count)
    return damagedTensor(index, "has not as many zero points as scales");
  tensor->scale = file.floatElement(scales, 0);
  const int64_t zeroPoint = file.longElement(zeroPoints, 0);
  if (zeroPoint < INT16_MIN || zeroPoint > INT16_MAX)
    return damagedTensor(index, "has a zero point out of range");
  tensor->zeroPoint = static_cast<int16_t>(zeroPoint);
  return sound();
}

bool Loader::readBuffer(uint32_t index, const Table& table, const Vector& buffers, Tensor* tensor) {
  File& file = graph_->file;
  const uint32_t number = static_cast<uint32_t>(file.intField(table, kTensorBuffer, 0));
  if (!sound()) return false;
  if (number >= buffers.count) {
    if (number == 0) return true;
    return damagedTensor(index, "refers to a buffer that is not there");
  }
  const Table buffer = file.tableElement(buffers, number);
  const Vector data = file.vectorField(buffer, kBufferData, 1);
  if (file.longField(buffer, kBufferOffset, 0) > 1)
    return fail(Status::kUnsupported,
                "The model's weights lie behind the FlatBuffer, which Dormouse does not read.");
  if (!sound()) return false;
  if (data.count == 0) return true;
  if (data.count != bytesOf(*tensor))
    return damagedTensor(index, "has not as many weights as its shape says");
  if ((data.position & (typeBytes(tensor->type) - 1u) & 3u) != 0)
    return damagedTensor(index, "has misplaced weights");
  // Constants are never written; the one pointer serves both kinds of tensors.
  tensor->data = const_cast<uint8_t*>(file.at(data.position));
  return true;
}

bool Loader::readEnds(const Table& subgraph) {
  File& file = graph_->file;
  graph_->inputs = file.vectorField(subgraph, kGraphInputs, 4);
  graph_->outputs = file.vectorField(subgraph, kGraphOutputs, 4);
  if (!sound()) return false;
  if (graph_->inputs.count == 0 || graph_->outputs.count == 0)
    return fail(Status::kDamaged, "The model is damaged: it has no inputs or no outputs.");
  for (uint32_t i = 0; i < graph_->inputs.count; i++) {
    const uint32_t index = static_cast<uint32_t>(file.intElement(graph_->inputs, i));
    if (index >= graph_->tensorCount) return damagedTensor(index, "is an input and is not there");
    if (graph_->tensors[index].data != nullptr) return damagedTensor(index, "is an input and a constant");
    itemOf(index).bytes = bytesOf(graph_->tensors[index]);
    itemOf(index).first = kBeforeAll;
  }
  for (uint32_t i = 0; i < graph_->outputs.count; i++) {
    const uint32_t index = static_cast<uint32_t>(file.intElement(graph_->outputs, i));
    if (index >= graph_->tensorCount) return damagedTensor(index, "is an output and is not there");
  }
  return true;
}

bool Loader::chooseOperations(const Table& subgraph, const Vector& codes) {
  File& file = graph_->file;
  const Vector operators = file.vectorField(subgraph, kGraphOperators, 4);
  if (!sound()) return false;
  if (operators.count > kMaxOperators)
    return fail(Status::kTooLarge, "The model has more operators than a board could hold.");
  graph_->nodeCount = operators.count;
  graph_->nodes = static_cast<Node*>(allocateZeros(static_cast<uint64_t>(operators.count) * sizeof(Node)));
  if (graph_->nodes == nullptr) return false;
  for (uint32_t i = 0; i < operators.count; i++) {
    const Table table = file.tableElement(operators, i);
    graph_->nodes[i].operation = chooseOperation(i, table, codes);
    if (graph_->nodes[i].operation == nullptr) return false;
  }
  return sound();
}

bool Loader::readOperators(const Table& subgraph) {
  File& file = graph_->file;
  const Vector operators = file.vectorField(subgraph, kGraphOperators, 4);
  for (uint32_t i = 0; i < graph_->nodeCount; i++) {
    const Table table = file.tableElement(operators, i);
    current_ = i;
    if (!sound() || !readOperator(i, table)) return false;
  }
  return true;
}

const Operation* Loader::chooseOperation(uint32_t index, const Table& table, const Vector& codes) {
  File& file = graph_->file;
  const uint32_t opcode = static_cast<uint32_t>(file.intField(table, kOperatorCode, 0));
  const Table entry = file.tableElement(codes, opcode);
  // Old files have the code in a byte; newer ones repeat it there up to 127.
  const int32_t old = static_cast<int8_t>(file.byteField(entry, kCodeDeprecated, 0));
  const int32_t newer = file.intField(entry, kCodeBuiltin, 0);
  const int32_t code = old > newer ? old : newer;
  const char* const custom = file.textField(entry, kCodeCustom);
  const int32_t version = file.intField(entry, kCodeVersion, 1);
  if (!sound()) return nullptr;
  if (opcode >= codes.count) {
    fail(Status::kDamaged, "The model is damaged: an operator's code is not in its list.");
    return nullptr;
  }
  const Operation* const operation = findOperation(code, false);
  if (operation != nullptr && version >= 1 && version <= kNewestVersion) return operation;
  status_ = Status::kUnsupported;
  Sentence sentence(text_, textBytes_);
  sentence.add("The model uses the operator ");
  if (code == kCustom) {
    sentence.add("CUSTOM \"").quote(custom).add("\"");
  } else if (const char* const name = operatorCodeName(code)) {
    sentence.add(name);
  } else {
    sentence.add("number ").add(static_cast<uint32_t>(code));
  }
  if (operation != nullptr) sentence.add(" in version ").add(static_cast<uint32_t>(version));
  sentence.add(" (operator ").add(index).add(" of the graph), which Dormouse does not run.");
  return nullptr;
}

bool Loader::readOperator(uint32_t index, const Table& table) {
  File& file = graph_->file;
  Node& node = graph_->nodes[index];
  const Vector inputs = file.vectorField(table, kOperatorInputs, 4);
  const Vector outputs = file.vectorField(table, kOperatorOutputs, 4);
  Preparation preparation;
  preparation.graph_ = graph_;
  preparation.node_ = &node;
  preparation.options_ = file.tableField(table, kOperatorOptions);
  preparation.inputs_ = inputs;
  preparation.outputs_ = outputs;
  preparation.loader_ = this;
  preparation.status_ = &status_;
  if (!sound() || !connectInputs(index, inputs) || !connectOutputs(index, outputs)) return false;
  const Tensor* const first = preparation.input(0);
  node.operation = findOperation(preparation.code(), first != nullptr && first->type == kInt16);
  const bool prepared = node.operation->prepare(preparation);
  // Damage found on the way is said here.
  return sound() && prepared;
}

bool Loader::connectInputs(uint32_t index, const Vector& inputs) {
  File& file = graph_->file;
  for (uint32_t i = 0; i < inputs.count; i++) {
    const int32_t number = file.intElement(inputs, i);
    if (number == -1) continue;
    const uint32_t tensor = static_cast<uint32_t>(number);
    if (tensor >= graph_->tensorCount) return damagedTensor(tensor, "is read and is not there");
    if (graph_->tensors[tensor].data != nullptr) continue;
    if (itemOf(tensor).first == kUnwritten)
      return damagedTensor(tensor, "is read before anything has computed it");
    PlanItem& read = item(rootOf(tensor));
    if (read.last != kAfterAll) read.last = static_cast<uint16_t>(index + 1);
  }
  return sound();
}

bool Loader::connectOutputs(uint32_t index, const Vector& outputs) {
  File& file = graph_->file;
  for (uint32_t i = 0; i < outputs.count; i++) {
    const uint32_t tensor = static_cast<uint32_t>(file.intElement(outputs, i));
    if (tensor >= graph_->tensorCount) return damagedTensor(tensor, "is written and is not there");
    if (graph_->tensors[tensor].data != nullptr) return damagedTensor(tensor, "is written and a constant");
    PlanItem& item = itemOf(tensor);
    if (item.first != kUnwritten) return damagedTensor(tensor, "is written twice");
    item.bytes = bytesOf(graph_->tensors[tensor]);
    item.first = static_cast<uint16_t>(index + 1);
    item.last = item.first;
    if (i == 0) graph_->nodes[index].output = &graph_->tensors[tensor];
  }
  if (outputs.count == 0) return fail(Status::kDamaged, "The model is damaged: an operator has no output.");
  return sound();
}

}  // namespace nn
}  // namespace dormouse
