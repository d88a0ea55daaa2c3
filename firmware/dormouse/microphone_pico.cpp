/** A Raspberry Pi Pico's microphone: PDM where one answers, else analog, which cannot be asked. */
#include "microphone_pico.h"

#if defined(ARDUINO_RASPBERRY_PI_PICO)

#include <hardware/dma.h>

namespace dormouse {
namespace board {
namespace microphone {

static const device::Axis kAxisList[] = {{"audio", "wav", 1}};
static const uint32_t kRates[] = {16000000};
static const device::SensorInfo kInfo = {"microphone", device::SensorKind::kAudio, 1, 1, kAxisList, kRates};

alignas(pico::kSoundRingBytes) static uint8_t memory[pico::kSoundRingBytes];
static pico::PicoMicrophone* microphone;

bool find() {
  const int channel = dma_claim_unused_channel(false);
  if (channel < 0) return false;
  microphone = &pico::pdmMicrophone();
  if (microphone->find(memory, channel)) return true;
  microphone = &pico::analogMicrophone();
  return microphone->find(memory, channel);
}

const device::SensorInfo& info() { return kInfo; }
bool start(capture::Ring* ring, device::Clock* clock) { return microphone->start(ring, clock); }
void stop() { microphone->stop(); }
void poll() { microphone->poll(); }

}  // namespace microphone
}  // namespace board
}  // namespace dormouse

#endif
