/** USB and flash of mbed. */
#include "mbed_board.h"

#if defined(ARDUINO_ARCH_MBED)

#include "flash_check.h"

#include <Arduino.h>
#include <USB/PluggableUSBSerial.h>

namespace dormouse {
namespace board {

uint32_t MbedUsbLine::read(uint8_t* bytes, uint32_t capacity) {
  uint32_t count = 0;
  while (count < capacity && _SerialUSB.available() > 0)
    bytes[count++] = static_cast<uint8_t>(_SerialUSB.read());
  return count;
}

uint32_t MbedUsbLine::write(const uint8_t* bytes, uint32_t count) {
  // Never a full packet: the core sends no empty one after it, and the host would wait for more.
  const uint32_t kMost = CDC_MAX_PACKET_SIZE - 1;
  uint32_t taken = 0;
  // Takes nothing while a packet is on its way or nobody has the port open (DTR).
  _SerialUSB.send_nb(const_cast<uint8_t*>(bytes), count < kMost ? count : kMost, &taken, true);
  return taken;
}

/** What was read of these bytes before they changed may still stand in the cache. */
static void forget(uint32_t start, uint32_t bytes) {
#if defined(__CORTEX_M7)
  SCB_InvalidateDCache_by_Addr(reinterpret_cast<uint32_t*>(start), static_cast<int32_t>(bytes));
#else
  (void)start;
  (void)bytes;
#endif
}

void MbedFlash::begin() {
  const uint32_t sketchEnd = (FLASHIAP_APP_ROM_END_ADDR + eraseUnit_ - 1) / eraseUnit_ * eraseUnit_;
  usable_ = sketchEnd <= start_ && driver_.init() == 0;
}

bool MbedFlash::erase(uint32_t offset) {
  const bool done = driver_.erase(start_ + offset, eraseUnit_) == 0;
  forget(start_ + offset, eraseUnit_);
  return done && flashIsErased(start_ + offset, eraseUnit_);
}

bool MbedFlash::program(uint32_t offset, const uint8_t* bytes, uint32_t count) {
  const bool done = driver_.program(bytes, start_ + offset, count) == 0;
  forget(start_ + offset, count);
  return done && flashIs(start_ + offset, bytes, count);
}

uint32_t mbedMicros() { return static_cast<uint32_t>(::micros()); }

void mbedRestart(bool intoBootloader) {
  delay(100);
  if (intoBootloader) _ontouch1200bps_();
  NVIC_SystemReset();
}

}  // namespace board
}  // namespace dormouse

#endif
