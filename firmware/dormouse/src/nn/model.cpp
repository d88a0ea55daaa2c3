#include "loader.h"
#include "names.h"
#include "schema.h"
#include "snapshot.h"

namespace dormouse {
namespace nn {

using namespace schema;

namespace {
char requiredSentence[sizeof(char) * 160];

TensorView viewOf(const internal::Graph& graph, const Tensor& tensor) {
  TensorView view;
  view.data = tensor.data;
  view.bytes = bytesOf(tensor);
  view.type = tensor.type;
  view.dims = tensor.dims;
  view.rank = tensor.rank;
  view.scale = tensor.scale;
  view.zeroPoint = tensor.zeroPoint;
  File file = graph.file;
  const uint32_t index = static_cast<uint32_t>(&tensor - graph.tensors);
  view.name = file.textField(file.tableElement(graph.tensorTables, index), kTensorName);
  return view;
}

TensorView emptyView() {
  TensorView view = {nullptr, 0, kInt8, nullptr, 0, 0.0f, 0, ""};
  return view;
}
}  // namespace

uint32_t Model::workBytes(uint32_t length) {
  // A tensor takes at least 4 bytes of the file (its entry in a vector) and at most 46 here; an operator at
  // least 4 and at most 34 and its parameters; a channel at least 4 (its scale or bias) and at most 5.
  const uint64_t bytes = 4096ull + (length < 65536u ? length : 65536u) * 64ull + length * 8ull;
  return bytes > 0x40000000u ? 0x40000000u : static_cast<uint32_t>(bytes & ~static_cast<uint64_t>(15u));
}

Status Model::required(const uint8_t* tflite, uint32_t length, void* work, uint32_t workBytes,
                       uint32_t* arenaBytes, uint32_t* persistentBytes) {
  *arenaBytes = 0;
  *persistentBytes = 0;
  Loader loader(tflite, length, work, workBytes, requiredSentence, sizeof requiredSentence);
  const Status status = loader.read();
  if (status != Status::kOk) return status;
  *arenaBytes = loader.graph()->arenaBytes;
  *persistentBytes = loader.graph()->persistentBytes;
  return Status::kOk;
}

#if defined(DORMOUSE_HOST)
int32_t Model::plan(const uint8_t* tflite, uint32_t length, void* work, uint32_t workBytes, int32_t* offsets,
                    uint32_t most) {
  Loader loader(tflite, length, work, workBytes, requiredSentence, sizeof requiredSentence);
  Status status = loader.read();
  if (status == Status::kOk) status = loader.search(offsets, most);
  return status == Status::kOk ? static_cast<int32_t>(loader.graph()->tensorCount)
                               : static_cast<int32_t>(status);
}
#endif

const char* Model::requiredText() { return requiredSentence; }

Status Model::load(const uint8_t* tflite, uint32_t length, void* memory, uint32_t bytes) {
  unload();
  Loader loader(tflite, length, memory, bytes, text_, sizeof text_);
  Status status = loader.read();
  if (status == Status::kOk) status = loader.place();
  if (status == Status::kOk) graph_ = loader.graph();
  return status;
}

Waking Model::wake(const uint8_t* tflite, uint32_t length, void* memory, uint32_t bytes, const uint8_t* head,
                   const uint8_t* bookkeeping, uint32_t keptBytes, uint32_t build) {
  unload();
  SnapshotHead kept;
  static_assert(sizeof kept == kHeadBytes, "the head is kept as it lies");
  __builtin_memcpy(&kept, head, sizeof kept);
  const SnapshotHead wanted = headFor(tflite, length, memory, build);
  const uint32_t persistent = kept.persistentBytes;
  if (kept.magic != wanted.magic || persistent > keptBytes || persistent < sizeof(internal::Graph) ||
      (persistent & 15u) != 0)
    return Waking::kNothing;
  const bool own = kept.program == wanted.program;
  const bool same =
      own && kept.file == wanted.file && kept.fileBytes == length && kept.memory == wanted.memory;
  // One that is no use is only summed.
  uint32_t* const copy = same && persistent <= bytes ? static_cast<uint32_t*>(memory) : nullptr;
  uint32_t sums[2];
  sumSnapshot(kept, reinterpret_cast<const uint32_t*>(bookkeeping), copy, sums);
  if (sums[0] != kept.sums[0] || sums[1] != kept.sums[1]) return Waking::kNothing;
  if (copy == nullptr) return own ? Waking::kNothing : Waking::kOutdated;
  internal::Graph* const graph = static_cast<internal::Graph*>(memory);
  if (graph->arenaBytes > bytes - persistent) return Waking::kNothing;
  graph_ = graph;
  if (graph->keepsState) internal::resetState(*graph);
  return Waking::kAwake;
}

void Model::snapshotHead(uint32_t build, uint8_t* head) const {
  SnapshotHead made = headFor(graph_->file.at(0), graph_->file.length(), graph_, build);
  made.persistentBytes = graph_->persistentBytes;
  sumSnapshot(made, reinterpret_cast<const uint32_t*>(graph_), nullptr, made.sums);
  __builtin_memcpy(head, &made, sizeof made);
}

uint32_t Model::inputs() const { return graph_ == nullptr ? 0 : graph_->inputs.count; }
uint32_t Model::outputs() const { return graph_ == nullptr ? 0 : graph_->outputs.count; }
uint32_t Model::operators() const { return graph_ == nullptr ? 0 : graph_->nodeCount; }
uint32_t Model::arenaBytes() const { return graph_ == nullptr ? 0 : graph_->arenaBytes; }
uint32_t Model::persistentBytes() const { return graph_ == nullptr ? 0 : graph_->persistentBytes; }
uint32_t Model::macs() const { return graph_ == nullptr ? 0 : graph_->macs; }
const char* Model::text() const { return text_; }

TensorView Model::input(uint32_t index) const {
  if (index >= inputs()) return emptyView();
  return viewOf(*graph_, graph_->tensors[graph_->file.intElement(graph_->inputs, index)]);
}

TensorView Model::output(uint32_t index) const {
  if (index >= outputs()) return emptyView();
  return viewOf(*graph_, graph_->tensors[graph_->file.intElement(graph_->outputs, index)]);
}

uint32_t Model::tensors() const { return graph_ == nullptr ? 0 : graph_->tensorCount; }

TensorView Model::tensor(uint32_t index) const {
  return index < tensors() ? viewOf(*graph_, graph_->tensors[index]) : emptyView();
}

TensorView Model::operatorOutput(uint32_t index) const {
  return index >= operators() ? emptyView() : viewOf(*graph_, *graph_->nodes[index].output);
}

const char* Model::operatorName(uint32_t index) const {
  return index >= operators() ? "" : graph_->nodes[index].operation->name;
}

void Model::reset() {
  if (graph_ != nullptr && graph_->keepsState) internal::resetState(*graph_);
}

Status Model::invokeOperator(uint32_t index) {
  if (index >= operators()) {
    Sentence(text_, sizeof text_).add("No model is loaded.");
    return Status::kNotLoaded;
  }
  const Node& node = graph_->nodes[index];
  node.operation->run(node);
  return Status::kOk;
}

Status Model::invoke() {
  if (graph_ == nullptr) {
    Sentence(text_, sizeof text_).add("No model is loaded.");
    return Status::kNotLoaded;
  }
  for (uint32_t i = 0; i < graph_->nodeCount; i++) {
    const Node& node = graph_->nodes[i];
    node.operation->run(node);
  }
  return Status::kOk;
}

}  // namespace nn
}  // namespace dormouse
