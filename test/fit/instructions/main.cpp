// Runs one model once in an emulated Cortex-M and prints how many instructions each operator took. The
// emulator runs with -icount shift=0: one instruction is one nanosecond, and the board's 25 MHz timer ticks
// every 40.
#include "nn/nn.h"

extern "C" {
extern const uint8_t model_start[], model_end[];
extern uint32_t _stack, _sdata, _edata, _sidata, _sbss, _ebss;
}

namespace {
alignas(16) uint8_t memory[512 * 1024];
dormouse::nn::Model model;

volatile uint32_t* const timer = reinterpret_cast<volatile uint32_t*>(0x40000000);
const uint32_t instructionsPerTick = 40;

void semihost(int operation, const void* argument) {
  register int r0 asm("r0") = operation;
  register const void* r1 asm("r1") = argument;
  asm volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
}

void print(const char* text) { semihost(4, text); }

void printNumber(uint32_t value) {
  char digits[12];
  int at = 11;
  digits[at] = 0;
  do {
    digits[--at] = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value > 0);
  print(digits + at);
}

bool run() {
  const uint32_t length = static_cast<uint32_t>(model_end - model_start);
  if (model.load(model_start, length, memory, sizeof memory) != dormouse::nn::Status::kOk) {
    print(model.text());
    return false;
  }
  const dormouse::nn::TensorView input = model.input(0);
  for (uint32_t i = 0; i < input.bytes; i++)
    static_cast<uint8_t*>(input.data)[i] = static_cast<uint8_t>((i * 1103515245u + 12345u) >> 16);
  timer[2] = 0xffffffffu;
  timer[1] = 0xffffffffu;
  timer[0] = 1;
  for (uint32_t i = 0; i < model.operators(); i++) {
    const uint32_t before = timer[1];
    model.invokeOperator(i);
    const uint32_t after = timer[1];
    print(model.operatorName(i));
    print(" ");
    printNumber((before - after) * instructionsPerTick);
    print("\n");
  }
  return true;
}
}  // namespace

extern "C" void start() {
#ifdef HAS_FPU
  *reinterpret_cast<volatile uint32_t*>(0xE000ED88) |= 0xFu << 20;
  asm volatile("dsb\nisb");
#endif
  const uint32_t* from = &_sidata;
  for (uint32_t* to = &_sdata; to < &_edata;) *to++ = *from++;
  for (uint32_t* to = &_sbss; to < &_ebss;) *to++ = 0;
  const bool ok = run();
  semihost(0x18, reinterpret_cast<void*>(ok ? 0x20026 : 0x20023));
  for (;;) {
  }
}

extern "C" void fault() {
  print("fault\n");
  semihost(0x18, reinterpret_cast<void*>(0x20023));
}

__attribute__((section(".vectors"), used)) void* const vectors[4] = {
    &_stack, reinterpret_cast<void*>(start), reinterpret_cast<void*>(fault), reinterpret_cast<void*>(fault)};
