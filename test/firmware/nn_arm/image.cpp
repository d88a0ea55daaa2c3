// Runs the int8 engine on an emulated Cortex-M over a job that the emulator has put into memory: models, each
// with rows of input. Prints for each model what loading and running it took in executed instructions, memory
// and stack, and for each row a hash of what came out. Instructions are counted with the board's timer: under
// -icount shift=0 one instruction is one nanosecond, and the timer ticks every 40.
#include "nn/nn.h"

extern "C" {
extern uint32_t stack_top, data_start, data_end, data_load, bss_start, bss_end;

// The program brings its own, so that flash is that of the engine alone.
void* memcpy(void* to, const void* from, size_t bytes) {
  uint8_t* t = static_cast<uint8_t*>(to);
  const uint8_t* f = static_cast<const uint8_t*>(from);
  if (((reinterpret_cast<uintptr_t>(t) | reinterpret_cast<uintptr_t>(f)) & 3u) == 0) {
    for (; bytes >= 4; bytes -= 4, t += 4, f += 4)
      *reinterpret_cast<uint32_t*>(t) = *reinterpret_cast<const uint32_t*>(f);
  }
  while (bytes-- != 0) *t++ = *f++;
  return to;
}

void* memmove(void* to, const void* from, size_t bytes) {
  uint8_t* t = static_cast<uint8_t*>(to);
  const uint8_t* f = static_cast<const uint8_t*>(from);
  if (t <= f) return memcpy(to, from, bytes);
  while (bytes-- != 0) t[bytes] = f[bytes];
  return to;
}

void* memset(void* to, int value, size_t bytes) {
  uint8_t* t = static_cast<uint8_t*>(to);
  const uint32_t word = static_cast<uint32_t>(value & 0xFF) * 0x01010101u;
  for (; bytes >= 4 && (reinterpret_cast<uintptr_t>(t) & 3u) == 0; bytes -= 4, t += 4)
    *reinterpret_cast<uint32_t*>(t) = word;
  while (bytes-- != 0) *t++ = static_cast<uint8_t>(value);
  return to;
}
}

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
nn::Model model;

volatile uint32_t* const timer = reinterpret_cast<volatile uint32_t*>(0x40000000);
const uint32_t instructionsPerTick = 40;
const uint32_t paint = 0xA5A5A5A5u;
const uint32_t paintedBytes = 16 * 1024;

void semihost(uint32_t operation, const void* argument) {
  register uint32_t r0 asm("r0") = operation;
  register const void* r1 asm("r1") = argument;
  asm volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
}

char line[192];
uint32_t written = 0;

void put(const char* text) {
  while (*text != 0 && written < sizeof line - 2) line[written++] = *text++;
}

void put(const char* name, uint32_t value) {
  char digits[12];
  uint32_t at = sizeof digits - 1;
  digits[at] = 0;
  do {
    digits[--at] = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value > 0);
  put(" ");
  put(name);
  put(" ");
  put(digits + at);
}

void end() {
  line[written++] = '\n';
  line[written] = 0;
  semihost(4, line);
  written = 0;
}

uint32_t hashOf(uint32_t hash, const nn::TensorView& view) {
  const uint8_t* const bytes = static_cast<const uint8_t*>(view.data);
  for (uint32_t i = 0; i < view.bytes; i++) hash = (hash ^ bytes[i]) * 16777619u;
  return hash;
}

// Nothing may move from one side of it to the other.
uint32_t now() {
  asm volatile("" ::: "memory");
  const uint32_t ticks = timer[1];
  asm volatile("" ::: "memory");
  return ticks;
}

__attribute__((noinline)) void paintStack() {
  uint32_t* const here = static_cast<uint32_t*>(__builtin_frame_address(0)) - 16;
  for (uint32_t* at = &stack_top - paintedBytes / 4; at < here; at++) *at = paint;
}

// Bytes of stack that were touched below the caller's frame.
__attribute__((noinline)) uint32_t touchedStack() {
  const uint32_t* const here = static_cast<uint32_t*>(__builtin_frame_address(0));
  const volatile uint32_t* at = &stack_top - paintedBytes / 4;
  while (at < here && *at == paint) at++;
  return static_cast<uint32_t>(here - at) * 4u;
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
    end();
    for (uint32_t i = 0; i < record.rows; i++)
      runRow(at + i * ((record.rowBytes + 15u) & ~15u), record.layers);
  }
  return at + record.rows * ((record.rowBytes + 15u) & ~15u);
}
}  // namespace

extern "C" __attribute__((noreturn)) void start() {
#if defined(__ARM_FP)
  // Floating point unit on: CPACR, full access to coprocessors 10 and 11.
  *reinterpret_cast<volatile uint32_t*>(0xE000ED88) |= 0xFu << 20;
  asm volatile("dsb\n\tisb");
#endif
  for (uint32_t *to = &data_start, *from = &data_load; to < &data_end;) *to++ = *from++;
  for (uint32_t* to = &bss_start; to < &bss_end;) *to++ = 0;
  timer[2] = 0xFFFFFFFFu;
  timer[1] = 0xFFFFFFFFu;
  timer[0] = 1;
  const uint8_t* at = reinterpret_cast<const uint8_t*>(0x21000000);
  while (reinterpret_cast<const Record*>(at)->modelBytes != 0) at = runRecord(at);
  semihost(0x18, reinterpret_cast<const void*>(0x20026));
  for (;;) {
  }
}

extern "C" __attribute__((noreturn)) void fault() {
  semihost(4, "fault\n");
  semihost(0x18, reinterpret_cast<const void*>(0x20023));
  for (;;) {
  }
}

extern "C" __attribute__((section(".vectors"), used))
const void* const vectors[] = {&stack_top,
                               reinterpret_cast<const void*>(start),
                               reinterpret_cast<const void*>(fault),
                               reinterpret_cast<const void*>(fault),
                               reinterpret_cast<const void*>(fault),
                               reinterpret_cast<const void*>(fault),
                               reinterpret_cast<const void*>(fault)};
