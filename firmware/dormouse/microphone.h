/**
 * The board's microphone at 16 kHz. One file per way in implements this: microphone_pdm.cpp (the cores' PDM
 * library), microphone_adc.cpp (an analog microphone on a Raspberry Pi Pico), microphone_i2s.cpp (ESP32).
 */
#ifndef DORMOUSE_MICROPHONE_H
#define DORMOUSE_MICROPHONE_H

#include "board.h"

namespace dormouse {
namespace board {

namespace microphone {

/** Whether the board has one. Asked once, at start. */
bool find();
const device::SensorInfo& info();
/** `ring` gets the sound, `clock` says when it was. False if it cannot be started. */
bool start(capture::Ring* ring, device::Clock* clock);
void stop();
/** Once in each loop while it is started, for those that do not interrupt. */
void poll();

}  // namespace microphone

}  // namespace board
}  // namespace dormouse

#endif
