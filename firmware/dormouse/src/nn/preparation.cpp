#include "../math/exact.h"

#include "preparation.h"

#include "loader.h"
#include "names.h"
#include "schema.h"

namespace dormouse {
namespace nn {

using namespace schema;

uint32_t elementsOf(const Tensor& tensor) {
  uint32_t elements = 1;
  for (uint32_t i = 0; i < tensor.rank; i++) elements *= static_cast<uint32_t>(tensor.dims[i]);
  return elements;
}

uint32_t bytesOf(const Tensor& tensor) { return elementsOf(tensor) * typeBytes(tensor.type); }

Tensor* Preparation::input(uint32_t index) {
  if (index >= inputs_.count) return nullptr;
  const int32_t number = file().intElement(inputs_, index);
  // Range-checked by the loader.
  return number < 0 ? nullptr : &graph_->tensors[number];
}

bool Preparation::constant(const Tensor* tensor) const { return tensor->data != nullptr; }

Tensor* Preparation::output(uint32_t index) { return &graph_->tensors[file().intElement(outputs_, index)]; }

#if !defined(DORMOUSE_NN_NO_SENTENCES)
bool Preparation::unsupported(const char* what) {
  *status_ = Status::kUnsupported;
  Sentence(loader_->text_, loader_->textBytes_)
      .add(name())
      .add(" (operator ")
      .add(loader_->current_)
      .add(" of the graph) ")
      .add(what)
      .add(", which Dormouse does not run.");
  return false;
}

bool Preparation::damaged(const char* what) {
  *status_ = Status::kDamaged;
  Sentence(loader_->text_, loader_->textBytes_)
      .add("The model is damaged: ")
      .add(name())
      .add(" (operator ")
      .add(loader_->current_)
      .add(" of the graph) ")
      .add(what)
      .add(".");
  return false;
}
#endif

bool Preparation::expectTensors(uint32_t low, uint32_t high, uint32_t optional) {
  if (inputs_.count < low || inputs_.count > high) return damaged("has the wrong number of inputs");
  for (uint32_t i = 0; i < optional && i < inputs_.count; i++) {
    if (input(i) == nullptr) return damaged("lacks an input");
  }
  return true;
}

bool Preparation::expectType(const Tensor* tensor, int8_t type) {
  if (tensor->type == type) return true;
  *status_ = Status::kUnsupported;
  Sentence(loader_->text_, loader_->textBytes_)
      .add(name())
      .add(" (operator ")
      .add(loader_->current_)
      .add(" of the graph) works on ")
      .add(typeName(tensor->type))
      .add(", which Dormouse does not run: convert the model to full-integer int8.");
  return false;
}

bool Preparation::expectInt8(const Tensor* tensor) {
  if (!expectType(tensor, kInt8)) return false;
  if (!usableScale(tensor->scale)) return damaged("has a tensor without a usable scale");
  if (tensor->zeroPoint < -128 || tensor->zeroPoint > 127) return damaged("has a zero point out of range");
  return true;
}

bool Preparation::expectInt16(const Tensor* tensor) {
  if (!expectType(tensor, kInt16)) return false;
  if (!usableScale(tensor->scale)) return damaged("has a tensor without a usable scale");
  return tensor->zeroPoint == 0 || unsupported("has int16 values with a zero point");
}

bool Preparation::expectConstant(const Tensor* tensor) {
  return constant(tensor) || unsupported("computes its weights or settings while it runs");
}

bool Preparation::expectState(const Tensor* tensor) {
  const uint32_t index = static_cast<uint32_t>(tensor - graph_->tensors);
  return loader_->isVariable(index) || damaged("has a state that is not kept");
}

bool Preparation::expectSettings(const Tensor* tensor, uint32_t count) {
  if (!expectType(tensor, kInt32) || !expectConstant(tensor)) return false;
  return elementsOf(*tensor) == count || damaged("has settings that do not fit its input");
}

bool Preparation::expectRank(const Tensor* tensor, uint32_t rank) {
  return tensor->rank == rank || damaged("has a tensor with the wrong number of dimensions");
}

bool Preparation::expectChannelScales(const Tensor* tensor, uint32_t channels, uint32_t dimension,
                                      Vector* scales) {
  File& file = graph_->file;
  const uint32_t index = static_cast<uint32_t>(tensor - graph_->tensors);
  const Table table = file.tableElement(graph_->tensorTables, index);
  const Table quantization = file.tableField(table, kTensorQuantization);
  *scales = file.vectorField(quantization, kQuantScale, 4);
  const Vector zeroPoints = file.vectorField(quantization, kQuantZeroPoint, 8);
  const int32_t along = file.intField(quantization, kQuantDimension, 0);
  if (scales->count != 1 && scales->count != channels) return damaged("has not as many scales as channels");
  if (scales->count > 1 && along != static_cast<int32_t>(dimension))
    return unsupported("has scales along an unusual dimension of its weights");
  if (file.damaged()) return false;  // the loader says so
  if (((scales->position | zeroPoints.position) & 3u) != 0) return damaged("has misplaced scales");
  uint32_t any = 0;
  const uint32_t* word = reinterpret_cast<const uint32_t*>(file.at(zeroPoints.position));
  for (const uint32_t* const end = word + 2 * zeroPoints.count; word != end; word += 2)
    any |= word[0] | word[1];
  return any == 0 || unsupported("has weights with a zero point");
}

bool Preparation::expectBias(const Tensor* bias, uint32_t count) {
  if (bias == nullptr) return true;
  if (!expectType(bias, kInt32) || !expectConstant(bias)) return false;
  return elementsOf(*bias) == count || damaged("has not one bias per channel");
}

bool Preparation::activationRange(uint8_t activation, int16_t* low, int16_t* high) {
  const Tensor* const out = node_->output;
  const int32_t lowest = out->type == kInt16 ? INT16_MIN : -128;
  int32_t least = lowest;
  int32_t most = -1 - lowest;
  switch (activation) {
    case kNone:
      break;
    case kRelu:
      least = out->zeroPoint;
      break;
    case kRelu6:
      least = out->zeroPoint;
      most = out->zeroPoint + quantiseWhole(6, out->scale);
      break;
    case kReluN1To1:
      least = out->zeroPoint - quantiseWhole(1, out->scale);
      most = out->zeroPoint + quantiseWhole(1, out->scale);
      break;
    default:
      return unsupported("has a fused activation other than RELU, RELU6 and RELU_N1_TO_1");
  }
  least = least < lowest ? lowest : least;
  most = most > -1 - lowest ? -1 - lowest : most;
  if (least > most) return damaged("has a fused activation outside of its output's range");
  *low = static_cast<int16_t>(least);
  *high = static_cast<int16_t>(most);
  return true;
}

void* Preparation::allocate(uint64_t bytes) { return loader_->allocate(bytes); }
void* Preparation::allocateZeros(uint64_t bytes) { return loader_->allocateZeros(bytes); }

bool Preparation::needScratch(uint64_t bytes) {
  if (bytes > kMaxTensorBytes) return unsupported("needs more working memory than any board has");
  if (bytes == 0) return true;
  uint16_t number = 0;
  if (!loader_->addItem(&number)) return false;
  // The loader puts the address in its place.
  node_->scratch = reinterpret_cast<uint8_t*>(static_cast<uintptr_t>(number) + 1);
  PlanItem& item = loader_->item(number);
  item.bytes = static_cast<uint32_t>(bytes);
  item.first = static_cast<uint16_t>(loader_->current_ + 1);
  item.last = item.first;
  return true;
}

void Preparation::shareMemory(const Tensor* input) {
  if (constant(input)) return;
  const uint32_t from = static_cast<uint32_t>(input - graph_->tensors);
  const uint32_t to = static_cast<uint32_t>(node_->output - graph_->tensors);
  loader_->itemOf(to).next = loader_->rootOf(from);
  loader_->itemOf(to).bytes = 0;
}

void Preparation::mayOverlap(const Tensor* input, uint32_t lead) {
  if (constant(input)) return;
  PlanItem& item = loader_->itemOf(static_cast<uint32_t>(node_->output - graph_->tensors));
  item.partner = loader_->rootOf(static_cast<uint32_t>(input - graph_->tensors));
  item.lead = lead;
}

bool Preparation::addWork(uint64_t steps) {
  loader_->work_ += steps;
  if (steps <= kMaxWork && loader_->work_ <= kMaxWork) return true;
  loader_->fail(Status::kTooLarge, "The model needs more arithmetic than any board could do in a minute.");
  return false;
}

bool Preparation::addMacs(uint64_t macs) {
  if (!addWork(macs)) return false;
  const uint64_t sum = graph_->macs + macs;
  graph_->macs = sum > UINT32_MAX ? UINT32_MAX : static_cast<uint32_t>(sum);
  return true;
}

}  // namespace nn
}  // namespace dormouse
