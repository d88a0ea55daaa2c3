// Runs the int8 engine on an emulated Cortex-M over a job that the emulator has put into memory: models, each
// with rows of input. Prints for each model what loading it, waking it from what was kept of that, and
// running it woken took in executed instructions, memory and stack, and for each row a hash of what came out.
#include <string.h>

#include "../arm/bare.h"
#include "nn/nn.h"

using namespace bare;
using namespace dormouse;

namespace {
// One record of the job; records follow each other, each 16-aligned; the last has no model bytes.
struct Record {
  uint32_t modelBytes;
  uint32_t rows;      // of input, each padded to 16 bytes
  uint32_t rowBytes;  // all inputs, one after the other
  uint32_t layers;    // 1: also a line for each operator
};

__attribute__((section(".arena"), aligned(16))) uint8_t memory[2 * 1024 * 1024];
__attribute__((section(".arena"), aligned(16))) uint8_t kept[256 * 1024];
nn::Model model;

// Counts what it takes to wake the model in memory that holds something else by now; prints it.
void wake(const uint8_t* file, uint32_t bytes) {
  const uint32_t persistent = model.persistentBytes();
  if (persistent > sizeof kept - nn::Model::kHeadBytes) return;
  model.snapshotHead(1, kept);
  memcpy(kept + nn::Model::kHeadBytes, model.bookkeeping(), persistent);
  memset(memory, 0xa5, persistent + model.arenaBytes());
  paintStack();
  const uint32_t before = now();
  const nn::Waking waking = model.wake(file, bytes, memory, sizeof memory, kept, kept + nn::Model::kHeadBytes,
                                       sizeof kept - nn::Model::kHeadBytes, 1);
  const uint32_t after = now();
  put("wake", (before - after) * instructionsPerTick);
  put("wakestack", touchedStack());
  put("awake", waking == nn::Waking::kAwake ? 1 : 0);
}

uint32_t hashOf(uint32_t hash, const nn::TensorView& view) {
  const uint8_t* const bytes = static_cast<const uint8_t*>(view.data);
  for (uint32_t i = 0; i < view.bytes; i++) hash = (hash ^ bytes[i]) * 16777619u;
  return hash;
}

void copyRow(const uint8_t* row) {
  for (uint32_t i = 0; i < model.inputs(); i++) {
    const nn::TensorView view = model.input(i);
    memcpy(view.data, row, view.bytes);
    row += view.bytes;
  }
}

void runByLayer(const uint8_t* row) {
  copyRow(row);
  for (uint32_t i = 0; i < model.operators(); i++) {
    const uint32_t before = now();
    model.invokeOperator(i);
    const uint32_t after = now();
    put("layer ");
    put(model.operatorName(i));
    put("insns", (before - after) * instructionsPerTick);
    put("hash", hashOf(2166136261u, model.operatorOutput(i)));
    end();
  }
}

void runRow(const uint8_t* row, uint32_t layers) {
  if (layers != 0) runByLayer(row);
  copyRow(row);
  paintStack();
  const uint32_t before = now();
  model.invoke();
  const uint32_t after = now();
  const uint32_t stack = touchedStack();
  uint32_t hash = 2166136261u;
  for (uint32_t i = 0; i < model.outputs(); i++) hash = hashOf(hash, model.output(i));
  put("row");
  put("insns", (before - after) * instructionsPerTick);
  put("stack", stack);
  put("hash", hash);
  end();
}

const uint8_t* runRecord(const uint8_t* at) {
  const Record record = *reinterpret_cast<const Record*>(at);
  at += sizeof(Record);
  paintStack();
  const uint32_t before = now();
  const nn::Status status = model.load(at, record.modelBytes, memory, sizeof memory);
  const uint32_t after = now();
  const uint32_t stack = touchedStack();
  at += (record.modelBytes + 15u) & ~15u;
  if (status != nn::Status::kOk) {
    put("refused ");
    put(model.text());
    end();
  } else {
    put("model");
    put("insns", (before - after) * instructionsPerTick);
    put("stack", stack);
    put("arena", model.arenaBytes());
    put("persistent", model.persistentBytes());
    put("macs", model.macs());
    wake(at - ((record.modelBytes + 15u) & ~15u), record.modelBytes);
    end();
    for (uint32_t i = 0; i < record.rows; i++)
      runRow(at + i * ((record.rowBytes + 15u) & ~15u), record.layers);
  }
  return at + record.rows * ((record.rowBytes + 15u) & ~15u);
}
}  // namespace

void program() {
  const uint8_t* at = job();
  while (reinterpret_cast<const Record*>(at)->modelBytes != 0) at = runRecord(at);
}
