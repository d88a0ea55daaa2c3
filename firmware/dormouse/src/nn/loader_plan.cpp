// The loader's notes for the planner, and what comes of them: the arena's addresses.
#include "kernels/rows.h"
#include "loader.h"
#include "operators/calls.h"
#include "schema.h"

namespace dormouse {
namespace nn {

bool Loader::addItem(uint16_t* number) {
  const uint32_t size = static_cast<uint32_t>(sizeof(PlanItem));
  if (itemCount_ >= kNoItem || notes_ + size > bytes_ || used_ > bytes_ - notes_ - size)
    return fail(Status::kOutOfMemory, "There is not enough memory to plan this model.");
  notes_ += size;
  *number = static_cast<uint16_t>(itemCount_++);
  PlanItem& added = item(*number);
  added.bytes = 0;
  added.offset = 0;
  added.first = kUnwritten;
  added.last = 0;
  added.next = kNoItem;
  added.partner = kNoItem;
  added.lead = 0;
  return true;
}

uint16_t Loader::rootOf(uint32_t tensor) const {
  // What shares another's memory has no bytes of its own and names the root: see Preparation::shareMemory.
  const PlanItem& own = itemOf(tensor);
  return own.bytes == 0 && own.next != kNoItem ? own.next : numbers_[tensor];
}

bool Loader::plan() {
  PlanItem* const items = itemsEnd_ - itemCount_;
  const uint32_t orderBytes = (itemCount_ * 2u + 7u) & ~7u;
  if (orderBytes > bytes_ - notes_ || used_ > bytes_ - notes_ - orderBytes)
    return fail(Status::kOutOfMemory, "There is not enough memory to plan this model.");
  notes_ += orderBytes;
  uint16_t* const order = reinterpret_cast<uint16_t*>(reinterpret_cast<uint8_t*>(items) - orderBytes);
  // The planner counts from the first in memory.
  for (uint32_t i = 0; i < itemCount_; i++) {
    if (items[i].partner != kNoItem)
      items[i].partner = static_cast<uint16_t>(itemCount_ - 1 - items[i].partner);
  }
  const uint64_t arena = planArena(items, itemCount_, order);
  if (arena > kMaxArenaBytes)
    return fail(Status::kTooLarge, "The model needs more memory than any board has.");
  const uint32_t persistent = (used_ + kArenaAlignment - 1) & ~(kArenaAlignment - 1);
  const uint32_t notes = (notes_ + kArenaAlignment - 1) & ~(kArenaAlignment - 1);
  graph_->persistentBytes = persistent;
  // While loading, the planner's notes lie where the arena will be: for tiny models they are the larger.
  graph_->arenaBytes = arena > notes ? static_cast<uint32_t>(arena) : notes;
  return true;
}

Status Loader::place() {
  uint8_t* const arena = memory_ + graph_->persistentBytes;
  if (graph_->persistentBytes > bytes_ || graph_->arenaBytes > bytes_ - graph_->persistentBytes) {
    fail(Status::kOutOfMemory, "There is not enough memory for the tensors of this model.");
    return status_;
  }
  for (uint32_t i = 0; i < graph_->tensorCount; i++) {
    if (graph_->tensors[i].data == nullptr && itemOf(i).first != kUnwritten)
      graph_->tensors[i].data = arena + item(rootOf(i)).offset;
  }
  for (uint32_t i = 0; i < graph_->nodeCount; i++) {
    Node& node = graph_->nodes[i];
    // Until here it is the scratch's number, counted from 1.
    const uintptr_t number = reinterpret_cast<uintptr_t>(node.scratch);
    if (number != 0) node.scratch = arena + item(static_cast<uint32_t>(number) - 1).offset;
  }
  if (graph_->keepsState) internal::resetState(*graph_);
  return Status::kOk;
}

namespace internal {
void resetState(Graph& graph) {
  for (uint32_t i = 0; i < graph.tensorCount; i++) {
    const Table table = graph.file.tableElement(graph.tensorTables, i);
    if (graph.file.byteField(table, schema::kTensorIsVariable, 0) == 0) continue;
    const Tensor& tensor = graph.tensors[i];
    // As TFLM does: bytes begin as zero, int16 and the like as all zeros.
    const uint8_t value = tensor.type == kInt8 ? static_cast<uint8_t>(tensor.zeroPoint) : 0;
    DORMOUSE_CALL(fillBytes, tensor.data, value, bytesOf(tensor));
  }
}
}  // namespace internal

}  // namespace nn
}  // namespace dormouse
