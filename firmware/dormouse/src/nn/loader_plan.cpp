// The loader's notes for the planner, and what comes of them: the arena's addresses.
#include "kernels/rows.h"
#include "loader.h"
#include "operators/calls.h"
#include "schema.h"

namespace dormouse {
namespace nn {

using namespace schema;

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

// Working memory of the planner: `lists` lists of as many numbers as there are items, below these.
bool Loader::orderFor(uint32_t lists, uint16_t** order) {
  const uint32_t bytes = (itemCount_ * 2u * lists + 7u) & ~7u;
  if (bytes > bytes_ - notes_ || used_ > bytes_ - notes_ - bytes)
    return fail(Status::kOutOfMemory, "There is not enough memory to plan this model.");
  notes_ += bytes;
  *order = reinterpret_cast<uint16_t*>(memory_ + bytes_ - notes_);
  return true;
}

// The offsets that the file brings for its tensors, as OfflineMemoryAllocation metadata: int32 version,
// graph, count, then an offset each. None where that is missing or meant for another graph than this.
Vector Loader::givenPlan() {
  static const char kName[] = "OfflineMemoryAllocation";
  static const uint32_t kHead = 12;
  File& file = graph_->file;
  const Vector none = {0, 0};
  const Vector metadata = file.vectorField(file.root(), kModelMetadata, 4);
  const Vector buffers = file.vectorField(file.root(), kModelBuffers, 4);
  for (uint32_t i = 0; i < metadata.count && !file.damaged(); i++) {
    const Table entry = file.tableElement(metadata, i);
    const char* const name = file.textField(entry, kMetadataName);
    uint32_t same = 0;
    while (same < sizeof kName && name[same] == kName[same]) same++;
    // It ends where the other does.
    if (same <= sizeof kName - 1) continue;
    const uint32_t number = static_cast<uint32_t>(file.intField(entry, kMetadataBuffer, 0));
    if (number >= buffers.count) return none;
    const Vector data = file.vectorField(file.tableElement(buffers, number), kBufferData, 1);
    if (data.count != kHead + 4u * graph_->tensorCount || file.u32(data.position) != 1 ||
        file.u32(data.position + 4) != 0 || file.u32(data.position + 8) != graph_->tensorCount)
      return none;
    const Vector offsets = {data.position + kHead, graph_->tensorCount};
    return offsets;
  }
  return none;
}

// UINT64_MAX where what was given is not sound. What shares another's memory lies with that.
uint64_t Loader::planAsGiven(const Vector& offsets, PlanItem* items, uint16_t* order) {
  for (uint32_t i = 0; i < itemCount_; i++) items[i].offset = kAnywhere;
  for (uint32_t i = 0; i < graph_->tensorCount; i++) {
    const int32_t offset = graph_->file.intElement(offsets, i);
    if (numbers_[i] != kNoItem && offset >= 0) itemOf(i).offset = static_cast<uint32_t>(offset);
  }
  return planAround(items, itemCount_, order);
}

bool Loader::plan() {
  PlanItem* const items = itemsEnd_ - itemCount_;
  uint16_t* order = nullptr;
  if (!orderFor(1, &order)) return false;
  // The planner counts from the first in memory.
  for (uint32_t i = 0; i < itemCount_; i++) {
    if (items[i].partner != kNoItem)
      items[i].partner = static_cast<uint16_t>(itemCount_ - 1 - items[i].partner);
  }
  uint64_t arena = planArena(items, itemCount_, order);
  const Vector offsets = givenPlan();
  if (!sound()) return false;
  if (offsets.count != 0) {
    // Whatever a file claims, it never makes a model need more than without it.
    const uint64_t given = planAsGiven(offsets, items, order);
    if (given <= arena)
      arena = given;
    else
      planArena(items, itemCount_, order);
  }
  if (arena > kMaxArenaBytes)
    return fail(Status::kTooLarge, "The model needs more memory than any board has.");
  const uint32_t persistent = (used_ + kArenaAlignment - 1) & ~(kArenaAlignment - 1);
  const uint32_t notes = (notes_ + kArenaAlignment - 1) & ~(kArenaAlignment - 1);
  graph_->persistentBytes = persistent;
  // While loading, the planner's notes lie where the arena will be: for tiny models they are the larger.
  graph_->arenaBytes = arena > notes ? static_cast<uint32_t>(arena) : notes;
  return true;
}

#if defined(DORMOUSE_HOST)
Status Loader::search(int32_t* offsets, uint32_t most) {
  PlanItem* const items = itemsEnd_ - itemCount_;
  uint16_t* order = nullptr;
  if (!orderFor(2, &order)) return status_;
  searchPlan(items, itemCount_, order, order + itemCount_);
  for (uint32_t i = 0; i < graph_->tensorCount && i < most; i++) {
    const bool placed = numbers_[i] != kNoItem && itemOf(i).first != kUnwritten;
    offsets[i] = placed ? static_cast<int32_t>(item(rootOf(i)).offset) : -1;
  }
  return Status::kOk;
}
#endif

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
    if (graph.file.byteField(table, kTensorIsVariable, 0) == 0) continue;
    const Tensor& tensor = graph.tensors[i];
    // As TFLM does: bytes begin as zero, int16 and the like as all zeros.
    const uint8_t value = tensor.type == kInt8 ? static_cast<uint8_t>(tensor.zeroPoint) : 0;
    DORMOUSE_CALL(fillBytes, tensor.data, value, bytesOf(tensor));
  }
}
}  // namespace internal

}  // namespace nn
}  // namespace dormouse
