/**
 * The board's PDM microphone at 16 kHz, through the core's PDM library: straight from its interrupt into the
 * ring, so that nothing the loop does can hold sound up.
 */
#ifndef DORMOUSE_MICROPHONE_H
#define DORMOUSE_MICROPHONE_H

#include "board.h"

namespace dormouse {
namespace board {

namespace microphone {

const device::SensorInfo& info();
/** `ring` gets the sound, `clock` says when it was. False if the library refused. */
bool start(capture::Ring* ring, device::Clock* clock);
void stop();

}  // namespace microphone

}  // namespace board
}  // namespace dormouse

#endif
