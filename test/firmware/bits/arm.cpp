// Bare-metal start for an emulated Cortex-M (QEMU's mps2 boards), printing through Arm semihosting.
#include <stddef.h>
#include <stdint.h>

#include "bits.h"

extern "C" {
extern uint32_t stack_top, data_start, data_end, data_load, bss_start, bss_end;

void* memcpy(void* to, const void* from, size_t bytes) {
  char* t = static_cast<char*>(to);
  const char* f = static_cast<const char*>(from);
  while (bytes-- != 0) *t++ = *f++;
  return to;
}

void* memset(void* to, int value, size_t bytes) {
  char* t = static_cast<char*>(to);
  while (bytes-- != 0) *t++ = static_cast<char>(value);
  return to;
}
}

static void semihost(uint32_t operation, const void* argument) {
  register uint32_t r0 asm("r0") = operation;
  register const void* r1 asm("r1") = argument;
  asm volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
}

extern "C" __attribute__((noreturn)) void start() {
#if defined(__ARM_FP)
  // Floating point unit on: CPACR, full access to coprocessors 10 and 11.
  *reinterpret_cast<volatile uint32_t*>(0xE000ED88) |= 0xFu << 20;
  asm volatile("dsb; isb");
#endif
  for (uint32_t *to = &data_start, *from = &data_load; to < &data_end;) *to++ = *from++;
  for (uint32_t* to = &bss_start; to < &bss_end;) *to++ = 0;
  printBits([](const char* line) { semihost(4, line); });
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
const void* const vectors[] = {&stack_top, reinterpret_cast<const void*>(start),
                               reinterpret_cast<const void*>(fault), reinterpret_cast<const void*>(fault)};
