/** Start, UART, clock and sleep of QEMU's mps2-an386, after Arm's CMSDK manual (DDI 0479) and AN386. */
#include "machine.h"

extern "C" {
extern uint32_t stack_top, data_start, data_end, data_load, bss_start, bss_end;
extern uint8_t heap_start, heap_end;
typedef void (*Function)();
extern Function init_start, init_end;
}

namespace machine {

static volatile uint32_t& at(uint32_t address) { return *reinterpret_cast<volatile uint32_t*>(address); }

enum : uint32_t { kData = 0x40004000, kState = kData + 4, kControl = kData + 8, kClear = kData + 12 };
enum : uint32_t {
  kDivider = kData + 16,
  kSendFull = 1,
  kReceiveFull = 2,
  kEnable = 3,
  kReceiveInterrupt = 8
};
enum : uint32_t { kTimer = 0x40000000, kTicksPerMicro = 25 };
enum : uint32_t { kSysTickControl = 0xe000e010, kSysTickReload = 0xe000e014, kSysTickValue = 0xe000e018 };
enum : uint32_t { kInterruptEnable = 0xe000e100, kCoprocessors = 0xe000ed88 };

// Filled by the interrupt, emptied by the loop.
static const uint32_t kRing = 8192;
static uint8_t ring[kRing];
static volatile uint32_t head = 0;
static volatile uint32_t tail = 0;

static uint32_t lastTicks = 0;
static uint64_t ticks = 0;
static uint8_t* heap = &heap_start;

static void fence() { asm volatile("" ::: "memory"); }

uint32_t read(uint8_t* bytes, uint32_t capacity) {
  uint32_t count = 0;
  while (count < capacity && tail != head) {
    bytes[count++] = ring[tail % kRing];
    fence();
    tail = tail + 1;
  }
  // The interrupt switches itself off while the ring is full.
  if (count > 0) at(kControl) = kEnable | kReceiveInterrupt;
  return count;
}

static void receive() {
  at(kClear) = 2;
  while ((at(kState) & kReceiveFull) != 0) {
    if (head - tail == kRing) {
      at(kControl) = kEnable;
      return;
    }
    ring[head % kRing] = static_cast<uint8_t>(at(kData));
    fence();
    head = head + 1;
  }
}

uint32_t write(const uint8_t* bytes, uint32_t count) {
  uint32_t sent = 0;
  while (sent < count && (at(kState) & kSendFull) == 0) at(kData) = bytes[sent++];
  return sent;
}

uint64_t micros() {
  const uint32_t now = 0xffffffffu - at(kTimer + 4);  // it counts down
  ticks += now - lastTicks;
  lastTicks = now;
  return ticks / kTicksPerMicro;
}

void sleep() {
  asm volatile("cpsid i" ::: "memory");
  if (head == tail) asm volatile("wfi" ::: "memory");
  asm volatile("cpsie i" ::: "memory");
}

void* allocate(uint32_t bytes) {
  uint8_t* const place = heap;
  const uint32_t whole = (bytes + 15u) & ~15u;
  if (whole < bytes || whole > static_cast<uint32_t>(&heap_end - heap)) return nullptr;
  heap += whole;
  for (uint32_t i = 0; i < whole; i++) place[i] = 0;
  return place;
}

static void begin() {
  at(kCoprocessors) = at(kCoprocessors) | 0xfu << 20;  // the floating point unit
  asm volatile("dsb\n\tisb" ::: "memory");
  for (uint32_t *to = &data_start, *from = &data_load; to < &data_end;) *to++ = *from++;
  for (uint32_t* to = &bss_start; to < &bss_end;) *to++ = 0;
  for (Function* function = &init_start; function < &init_end; function++) (*function)();
  at(kTimer + 8) = 0xffffffffu;
  at(kTimer + 4) = 0xffffffffu;
  at(kTimer) = 1;
  at(kDivider) = 16;
  at(kControl) = kEnable | kReceiveInterrupt;
  at(kInterruptEnable) = 1;  // interrupt 0: the UART received
  at(kSysTickReload) = 25000 - 1;
  at(kSysTickValue) = 0;
  at(kSysTickControl) = 7;
}

}  // namespace machine

extern "C" {
// newlib's way to end; there is nobody to come back to.
__attribute__((noreturn)) void _exit(int) {
  for (;;) {
  }
}

__attribute__((noreturn)) void start() {
  machine::begin();
  program();
  _exit(0);
}

static void received() { machine::receive(); }
static void ticked() {}  // only wakes
/** A crash: the board starts again, as a real one does by its watchdog. */
static void fault() { machine::at(0xe000ed0c) = 0x05fa0004; }

__attribute__((section(".vectors"), used))
const void* const vectors[17] = {&stack_top,
                                 reinterpret_cast<const void*>(start),
                                 reinterpret_cast<const void*>(fault),
                                 reinterpret_cast<const void*>(fault),
                                 reinterpret_cast<const void*>(fault),
                                 reinterpret_cast<const void*>(fault),
                                 reinterpret_cast<const void*>(fault),
                                 nullptr,
                                 nullptr,
                                 nullptr,
                                 nullptr,
                                 nullptr,
                                 nullptr,
                                 nullptr,
                                 nullptr,
                                 reinterpret_cast<const void*>(ticked),
                                 reinterpret_cast<const void*>(received)};
}
