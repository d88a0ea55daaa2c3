#include "bare.h"

// The memory functions below must not be recognised as what they are and made to call themselves.
#pragma GCC optimize("no-tree-loop-distribute-patterns")

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

namespace bare {

namespace {
volatile uint32_t* const timer = reinterpret_cast<volatile uint32_t*>(0x40000000);
const uint32_t paint = 0xA5A5A5A5u;
const uint32_t paintedBytes = 16 * 1024;

char line[192];
uint32_t written = 0;

void semihost(uint32_t operation, const void* argument) {
  register uint32_t r0 asm("r0") = operation;
  register const void* r1 asm("r1") = argument;
  asm volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
}

}  // namespace

void print(const char* text) { semihost(4, text); }

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

}  // namespace bare

extern "C" __attribute__((noreturn)) void start() {
#if defined(__ARM_FP)
  // Floating point unit on: CPACR, full access to coprocessors 10 and 11.
  *reinterpret_cast<volatile uint32_t*>(0xE000ED88) |= 0xFu << 20;
  asm volatile("dsb\n\tisb");
#endif
  for (uint32_t *to = &data_start, *from = &data_load; to < &data_end;) *to++ = *from++;
  for (uint32_t* to = &bss_start; to < &bss_end;) *to++ = 0;
  bare::timer[2] = 0xFFFFFFFFu;
  bare::timer[1] = 0xFFFFFFFFu;
  bare::timer[0] = 1;
  program();
  bare::semihost(0x18, reinterpret_cast<const void*>(0x20026));
  for (;;) {
  }
}

extern "C" __attribute__((noreturn)) void fault() {
  bare::semihost(4, "fault\n");
  bare::semihost(0x18, reinterpret_cast<const void*>(0x20023));
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
