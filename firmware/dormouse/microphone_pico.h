/**
 * The two ways in which a Raspberry Pi Pico can hear: a PDM microphone on GP2 (clock) and GP3 (data), an
 * analog one on GP26. Which it is microphone_pico.cpp finds out; each has one file of its own. They share the
 * memory into which DMA writes, for only one of them ever listens.
 */
#ifndef DORMOUSE_MICROPHONE_PICO_H
#define DORMOUSE_MICROPHONE_PICO_H

#include "microphone.h"

namespace dormouse {
namespace board {
namespace pico {

/** Of the memory that both write: aligned to its size, as DMA wants rings to be. */
enum : uint32_t { kSoundRingBits = 14, kSoundRingBytes = 1u << kSoundRingBits };

class PicoMicrophone {
 public:
  virtual bool find(uint8_t* memory, int channel) = 0;
  virtual bool start(capture::Ring* ring, device::Clock* clock) = 0;
  virtual void stop() = 0;
  virtual void poll() = 0;

 protected:
  ~PicoMicrophone() {}
};

PicoMicrophone& pdmMicrophone();
PicoMicrophone& analogMicrophone();

}  // namespace pico
}  // namespace board
}  // namespace dormouse

#endif
