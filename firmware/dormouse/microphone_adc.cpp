/**
 * An analog microphone (a MAX4466 or MAX9814 board) on GP26 of a Raspberry Pi Pico. The converter makes
 * exactly 16000 values/s of its 48 MHz clock, and DMA writes them round a ring, so that neither interrupts
 * nor a flash that is being erased can disturb them; the loop fetches what has come. Values are 12 bits
 * around half of the supply; the rest is taken off by a slow high-pass of the first order.
 */
#include "microphone_pico.h"

#if defined(ARDUINO_RASPBERRY_PI_PICO)

#include <hardware/adc.h>
#include <hardware/dma.h>

namespace dormouse {
namespace board {
namespace pico {

static const uint32_t kPin = 26;
static const float kDivider = 48000000.0f / 16000 - 1;
static const uint32_t kRingFrames = kSoundRingBytes / 2;  // 512 ms
static const uint32_t kTransfers = 0xffffffffu;           // 74 hours
static const uint32_t kBlock = 128;

class AnalogMicrophone : public PicoMicrophone {
 public:
  bool find(uint8_t* memory, int channel) override {
    values_ = reinterpret_cast<uint16_t*>(memory);
    channel_ = static_cast<uint32_t>(channel);
    return true;
  }

  bool start(capture::Ring* ring, device::Clock* clock) override {
    ring_ = ring;
    adc_init();
    adc_gpio_init(kPin);
    adc_select_input(kPin - 26);
    adc_set_clkdiv(kDivider);
    adc_fifo_setup(true, true, 1, false, false);
    dma_channel_config config = dma_channel_get_default_config(channel_);
    channel_config_set_transfer_data_size(&config, DMA_SIZE_16);
    channel_config_set_read_increment(&config, false);
    channel_config_set_write_increment(&config, true);
    channel_config_set_ring(&config, true, kSoundRingBits);
    channel_config_set_dreq(&config, DREQ_ADC);
    dma_channel_configure(channel_, &config, values_, &adc_hw->fifo, kTransfers, true);
    taken_ = 0;
    level_ = 2048 << 16;
    started_ = clock->micros();
    adc_run(true);
    return true;
  }

  void stop() override {
    adc_run(false);
    dma_channel_abort(channel_);
    adc_fifo_drain();
  }

  void poll() override {
    uint32_t waiting = kTransfers - dma_channel_hw_addr(channel_)->transfer_count - taken_;
    // A quarter of the ring stays out of use, so that DMA does not overtake what is being read.
    const uint32_t kMost = kRingFrames - kRingFrames / 4;
    if (waiting > kMost) {
      const uint32_t lost = waiting - kMost;
      taken_ += lost;
      waiting -= lost;
      ring_->lose(lost, timeOf(taken_));
    }
    for (; waiting >= kBlock; waiting -= kBlock) {
      int16_t block[kBlock];
      for (uint32_t i = 0; i < kBlock; i++) block[i] = sound(values_[(taken_ + i) % kRingFrames]);
      taken_ += kBlock;
      ring_->push(block, kBlock, timeOf(taken_));
    }
  }

 private:
  int16_t sound(uint16_t raw) {
    const int32_t value = static_cast<int32_t>(raw) << 16;
    level_ += (value - level_) >> 9;  // 5 Hz
    const int32_t sound = (value - level_) >> 12;
    return static_cast<int16_t>(sound > 32767 ? 32767 : sound < -32768 ? -32768 : sound);
  }

  /** When value number `count` came. */
  uint64_t timeOf(uint32_t count) const { return started_ + static_cast<uint64_t>(count) * 125 / 2; }

  uint16_t* values_;
  uint32_t channel_;
  capture::Ring* ring_;
  uint32_t taken_;    // values fetched since the start
  uint64_t started_;  // clock at the start
  int32_t level_;     // the mean, 16 bits behind the point
};

PicoMicrophone& analogMicrophone() {
  static AnalogMicrophone only;
  return only;
}

}  // namespace pico
}  // namespace board
}  // namespace dormouse

#endif
