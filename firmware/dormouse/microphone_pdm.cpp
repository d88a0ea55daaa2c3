/**
 * A PDM microphone through the core's PDM library: straight from its interrupt into the ring, so that nothing
 * the loop does can hold sound up. A block is what the library's buffer holds: 256 samples, 16 ms.
 *
 * The nRF52840 makes 16000 samples/s of its 32 MHz crystal (a PDM clock of 1.28 MHz, decimated by 80); the
 * STM32H747 with its DFSDM (Nicla Vision) or with its SAI and a filter in software (Portenta).
 */
#include "microphone.h"

#if defined(ARDUINO_ARDUINO_NANO33BLE) || defined(ARDUINO_Seeed_XIAO_nRF52840_Sense) || \
    defined(ARDUINO_PORTENTA_H7_M7) || defined(ARDUINO_NICLA_VISION)

#include <PDM.h>

namespace dormouse {
namespace board {
namespace microphone {

static const device::Axis kAxisList[] = {{"audio", "wav", 1}};
static const uint32_t kRates[] = {16000000};
static const device::SensorInfo kInfo = {"microphone", device::SensorKind::kAudio, 1, 1, kAxisList, kRates};

static const uint32_t kBlock = 256;
static const uint32_t kBlockMicros = kBlock * 1000000 / 16000;
// Microphone and decimation filter need a moment after power-up: the first 6 blocks are its noise, not the
// room's.
static const uint32_t kSettlingBlocks = 6;

static capture::Ring* ring;
static device::Clock* clock;
static int16_t block[kBlock];
static volatile uint32_t blocks;
static uint64_t lastMicros;

bool find() { return true; }

const device::SensorInfo& info() { return kInfo; }

/** In the PDM interrupt. The library wants its buffer emptied before the next one is full. */
static void receive() {
  const int bytes = PDM.available();
  if (bytes <= 0) return;
  const int got = PDM.read(block, static_cast<size_t>(bytes) < sizeof block ? bytes : sizeof block);
  const uint64_t now = clock->micros();
  const uint32_t since = static_cast<uint32_t>(now - lastMicros);
  lastMicros = now;
  blocks = blocks + 1;
  if (blocks <= kSettlingBlocks) return;
  // While flash is erased the processor stands still, and blocks pass that nobody fetches.
  const uint32_t missed = (since + kBlockMicros / 2) / kBlockMicros;
  if (missed > 1) ring->lose((missed - 1) * kBlock, now - kBlockMicros);
  ring->push(block, static_cast<uint32_t>(got) / sizeof block[0], now);
}

bool start(capture::Ring* to, device::Clock* by) {
  ring = to;
  clock = by;
  blocks = 0;
  lastMicros = clock->micros();
  PDM.setBufferSize(sizeof block);
  PDM.onReceive(receive);
  return PDM.begin(1, 16000) != 0;
}

void stop() { PDM.end(); }

void poll() {}

}  // namespace microphone
}  // namespace board
}  // namespace dormouse

#endif
