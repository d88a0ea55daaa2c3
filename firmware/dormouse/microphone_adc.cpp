/**
 * An analog microphone (a MAX4466 or MAX9814 board) on GP26 of a Raspberry Pi Pico. The converter makes
 * exactly 16000 values/s of its 48 MHz clock, and DMA writes them round a ring, so that neither interrupts
 * nor a flash that is being erased can disturb them; the loop fetches what has come. Values are 12 bits
 * around half of the supply; the rest is taken off by a slow high-pass of the first order.
 */
#include "microphone.h"

#if defined(ARDUINO_RASPBERRY_PI_PICO)

#include <hardware/adc.h>
#include <hardware/dma.h>

namespace dormouse {
namespace board {
namespace microphone {

static const device::Axis kAxisList[] = {{"audio", "wav", 1}};
static const uint32_t kRates[] = {16000000};
static const device::SensorInfo kInfo = {"microphone", device::SensorKind::kAudio, 1, 1, kAxisList, kRates};

static const uint32_t kPin = 26;
static const float kDivider = 48000000.0f / 16000 - 1;
static const uint32_t kRingBits = 13;  // bytes: 256 ms of sound
static const uint32_t kRingFrames = (1u << kRingBits) / 2;
static const uint32_t kTransfers = 0xffffffffu;  // 74 hours
static const uint32_t kBlock = 128;

alignas(1u << kRingBits) static uint16_t values[kRingFrames];
static capture::Ring* ring;
static device::Clock* clock;
static int channel = -1;
static uint32_t taken;    // values fetched since the start
static uint64_t started;  // clock at the start
static int32_t level;     // the mean, 16 bits behind the point

bool find() {
  if (channel < 0) channel = dma_claim_unused_channel(false);
  return channel >= 0;
}

const device::SensorInfo& info() { return kInfo; }

static uint32_t made() { return kTransfers - dma_channel_hw_addr(channel)->transfer_count; }

bool start(capture::Ring* to, device::Clock* by) {
  ring = to;
  clock = by;
  adc_init();
  adc_gpio_init(kPin);
  adc_select_input(kPin - 26);
  adc_set_clkdiv(kDivider);
  adc_fifo_setup(true, true, 1, false, false);
  dma_channel_config config = dma_channel_get_default_config(channel);
  channel_config_set_transfer_data_size(&config, DMA_SIZE_16);
  channel_config_set_read_increment(&config, false);
  channel_config_set_write_increment(&config, true);
  channel_config_set_ring(&config, true, kRingBits);
  channel_config_set_dreq(&config, DREQ_ADC);
  dma_channel_configure(channel, &config, values, &adc_hw->fifo, kTransfers, true);
  taken = 0;
  level = 2048 << 16;
  started = clock->micros();
  adc_run(true);
  return true;
}

void stop() {
  adc_run(false);
  dma_channel_abort(channel);
  adc_fifo_drain();
}

/** When value number `count` came. */
static uint64_t timeOf(uint32_t count) { return started + static_cast<uint64_t>(count) * 125 / 2; }

void poll() {
  uint32_t waiting = made() - taken;
  // A quarter of the ring stays out of use, so that DMA does not overtake what is being read.
  const uint32_t kMost = kRingFrames - kRingFrames / 4;
  if (waiting > kMost) {
    const uint32_t lost = waiting - kMost;
    taken += lost;
    waiting -= lost;
    ring->lose(lost, timeOf(taken));
  }
  while (waiting >= kBlock) {
    int16_t block[kBlock];
    for (uint32_t i = 0; i < kBlock; i++) {
      const int32_t value = static_cast<int32_t>(values[(taken + i) % kRingFrames]) << 16;
      level += (value - level) >> 9;  // 5 Hz
      const int32_t sound = (value - level) >> 12;
      block[i] = static_cast<int16_t>(sound > 32767 ? 32767 : sound < -32768 ? -32768 : sound);
    }
    taken += kBlock;
    waiting -= kBlock;
    ring->push(block, kBlock, timeOf(taken));
  }
}

}  // namespace microphone
}  // namespace board
}  // namespace dormouse

#endif
