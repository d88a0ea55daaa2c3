// What a program on an emulated Cortex-M (QEMU's mps2 boards) has instead of an operating system: a start, a
// job that the emulator put into memory, lines printed through Arm semihosting, executed instructions,
// painted stack. Instructions are counted with the board's timer: under -icount shift=0 one instruction is
// one nanosecond, and the timer ticks every 40.
#ifndef DORMOUSE_TEST_BARE_H
#define DORMOUSE_TEST_BARE_H

#include <stddef.h>
#include <stdint.h>

// The program's own part.
void program();

namespace bare {

const uint32_t instructionsPerTick = 40;

// Where the emulator puts the job.
inline const uint8_t* job() { return reinterpret_cast<const uint8_t*>(0x21000000); }

// The timer, which counts down. Nothing is moved from one side of a call to the other.
uint32_t now();

// A line of the caller's own, as it is.
void print(const char* line);
// Lines piece by piece: end() prints what was put.
void put(const char* text);
// " name value".
void put(const char* name, uint32_t value);
void end();

__attribute__((noinline)) void paintStack();
// Bytes of stack that were touched below the caller's frame since it was painted.
__attribute__((noinline)) uint32_t touchedStack();

}  // namespace bare

#endif
