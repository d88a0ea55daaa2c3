// The WebAssembly build's memory: a bump allocator over memory.grow, and the four memory functions that the
// compiler may call. Nothing is ever freed: whoever needs fresh memory makes a new instance, or resets all of
// it.
#include <stddef.h>
#include <stdint.h>

extern "C" {

extern unsigned char __heap_base;

static uintptr_t nextFree = 0;

static uintptr_t heapStart() {
  return (reinterpret_cast<uintptr_t>(&__heap_base) + 15u) & ~static_cast<uintptr_t>(15u);
}

// 16-aligned memory of `bytes`, zero-filled the first time that it is given out; 0 when there is no more.
__attribute__((export_name("core_alloc"))) void* core_alloc(uint32_t bytes) {
  if (nextFree == 0) nextFree = heapStart();
  const uint64_t end = (static_cast<uint64_t>(nextFree) + bytes + 15u) & ~static_cast<uint64_t>(15u);
  if (end > 0x7FFF0000u) return nullptr;
  const uint64_t have = static_cast<uint64_t>(__builtin_wasm_memory_size(0)) << 16;
  if (end > have) {
    const uint32_t pages = static_cast<uint32_t>((end - have + 0xFFFFu) >> 16);
    if (__builtin_wasm_memory_grow(0, pages) == SIZE_MAX) return nullptr;
  }
  void* result = reinterpret_cast<void*>(nextFree);
  nextFree = static_cast<uintptr_t>(end);
  return result;
}

// Forgets everything that was given out. Only for an instance whose every user agrees.
__attribute__((export_name("core_reset"))) void core_reset(void) { nextFree = heapStart(); }

void* memcpy(void* to, const void* from, size_t bytes) {
  __builtin_memcpy(to, from, bytes);
  return to;
}

void* memmove(void* to, const void* from, size_t bytes) {
  __builtin_memmove(to, from, bytes);
  return to;
}

void* memset(void* to, int value, size_t bytes) {
  __builtin_memset(to, value, bytes);
  return to;
}

int memcmp(const void* a, const void* b, size_t bytes) {
  const unsigned char* x = static_cast<const unsigned char*>(a);
  const unsigned char* y = static_cast<const unsigned char*>(b);
  for (size_t i = 0; i < bytes; i++) {
    if (x[i] != y[i]) return x[i] < y[i] ? -1 : 1;
  }
  return 0;
}
}
