/**
 * What the emulated board (QEMU's mps2-an386, a Cortex-M4F) has instead of an operating system: a UART with
 * interrupts, a clock, sleep. Knows nothing of the device that runs on it.
 */
#ifndef DORMOUSE_QEMU_MACHINE_H
#define DORMOUSE_QEMU_MACHINE_H

#include <stdint.h>

namespace machine {

/** Bytes that have arrived, at most `capacity`; what does not fit yet waits in the emulator: nothing is lost.
 */
uint32_t read(uint8_t* bytes, uint32_t capacity);
/** Gives the UART what it takes now; returns how many bytes that was. */
uint32_t write(const uint8_t* bytes, uint32_t count);

/** Microseconds since start; asked for at least once a minute. */
uint64_t micros();

/** Until a byte comes or a millisecond has passed; not at all if a byte waits already. */
void sleep();

/** Memory that is never given back; nullptr if there is not enough. All 0, 16-aligned. */
void* allocate(uint32_t bytes);

/** Where the emulator puts what the sensors are to play; anything if it put nothing there. */
inline const uint8_t* tape() { return reinterpret_cast<const uint8_t*>(0x21000000); }

}  // namespace machine

/** The program's own part; never comes back. */
void program();

#endif
