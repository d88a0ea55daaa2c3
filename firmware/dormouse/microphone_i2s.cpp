/**
 * The PDM microphone of the XIAO ESP32S3 Sense, through the ESP_I2S library of arduino-esp32 3.x; an ESP32 on
 * its own has none. The driver's DMA buffers hold what comes between two looks.
 */
#include "microphone.h"

#if defined(ARDUINO_ARCH_ESP32)

#if defined(ARDUINO_XIAO_ESP32S3)
#include <ESP_I2S.h>
#endif

namespace dormouse {
namespace board {
namespace microphone {

static const device::Axis kAxisList[] = {{"audio", "wav", 1}};
static const uint32_t kRates[] = {16000000};
static const device::SensorInfo kInfo = {"microphone", device::SensorKind::kAudio, 1, 1, kAxisList, kRates};

const device::SensorInfo& info() { return kInfo; }

#if defined(ARDUINO_XIAO_ESP32S3)

static const int8_t kClockPin = 42;
static const int8_t kDataPin = 41;
static const uint32_t kBlock = 128;
// The driver keeps 6 buffers of 240 samples: if the loop was away for longer, some are gone.
static const uint32_t kLongestMicros = 6 * 240 * 1000000 / 16000;

static I2SClass driver;
static capture::Ring* ring;
static device::Clock* clock;
static uint64_t lastMicros;

bool find() { return true; }

bool start(capture::Ring* to, device::Clock* by) {
  ring = to;
  clock = by;
  driver.setPinsPdmRx(kClockPin, kDataPin);
  driver.setTimeout(0);
  lastMicros = clock->micros();
  return driver.begin(I2S_MODE_PDM_RX, 16000, I2S_DATA_BIT_WIDTH_16BIT, I2S_SLOT_MODE_MONO);
}

void stop() { driver.end(); }

void poll() {
  int16_t block[kBlock];
  size_t bytes = driver.readBytes(reinterpret_cast<char*>(block), sizeof block);
  while (bytes > 0) {
    const uint64_t now = clock->micros();
    const uint64_t since = now - lastMicros;
    if (since > kLongestMicros)
      ring->lose(static_cast<uint32_t>((since - kLongestMicros) * 16000 / 1000000), now);
    lastMicros = now;
    ring->push(block, static_cast<uint32_t>(bytes) / sizeof block[0], now);
    bytes = driver.readBytes(reinterpret_cast<char*>(block), sizeof block);
  }
}

#else

bool find() { return false; }
bool start(capture::Ring*, device::Clock*) { return false; }
void stop() {}
void poll() {}

#endif

}  // namespace microphone
}  // namespace board
}  // namespace dormouse

#endif
