/**
 * A PDM microphone on a Raspberry Pi Pico: clock on GP2, data on GP3. A state machine of the PIO makes the
 * clock of 1.024 MHz and takes a bit in each of its periods, DMA writes them round a ring, so that neither
 * interrupts nor a flash that is being erased can disturb them; the loop fetches what has come and filters
 * it. No library of a core is used: mbed's does not compile for the Pico, and both need an interrupt for
 * every few bytes.
 */
#include "microphone_pico.h"

#if defined(ARDUINO_RASPBERRY_PI_PICO)

#include "pdm_filter.h"

#include <Arduino.h>
#include <hardware/clocks.h>
#include <hardware/dma.h>
#include <hardware/gpio.h>
#include <hardware/pio.h>

namespace dormouse {
namespace board {
namespace pico {

static const uint32_t kClockPin = 2;
static const uint32_t kDataPin = 3;
static const uint32_t kRate = 16000;
static const uint32_t kWordsPerValue = 2;
static const uint32_t kRingWords = kSoundRingBytes / 4;  // 128 ms
static const uint32_t kTransfers = 0xfffffffeu;          // 37 hours
static const uint32_t kBlock = 128;
// A microphone needs some tens of milliseconds after its clock begins: the first 0.1 s is its noise.
static const uint32_t kSettling = kRate / 10;
static const uint32_t kFindMillis = 60;

/** The second of the two: cores use the first. (Their macro for it casts to a type that compilers warn of.)
 */
static pio_hw_t* const kPio = reinterpret_cast<pio_hw_t*>(PIO1_BASE);

/** Data is taken while the clock is low, or high: on which half a microphone speaks, its SELECT pin says. */
static const uint16_t kTakeWhileLow[] = {0x4001, 0xb042};   // in pins, 1 side 0; nop side 1
static const uint16_t kTakeWhileHigh[] = {0xa042, 0x5001};  // nop side 0; in pins, 1 side 1

class PdmMicrophone : public PicoMicrophone {
 public:
  bool find(uint8_t* memory, int channel) override {
    words_ = reinterpret_cast<volatile uint32_t*>(memory);
    channel_ = static_cast<uint32_t>(channel);
    const int machine = pio_claim_unused_sm(kPio, false);
    if (machine < 0) return false;
    machine_ = static_cast<uint32_t>(machine);
    if (speaks(kTakeWhileLow) || speaks(kTakeWhileHigh)) {
      filter_.begin();
      return true;
    }
    pio_sm_unclaim(kPio, machine_);
    pinMode(kClockPin, INPUT);
    pinMode(kDataPin, INPUT);
    return false;
  }

  bool start(capture::Ring* ring, device::Clock* clock) override {
    ring_ = ring;
    taken_ = 0;
    filter_.clear();
    listen();
    started_ = clock->micros();
    return true;
  }

  void stop() override {
    pio_sm_set_enabled(kPio, machine_, false);
    dma_channel_abort(channel_);
  }

  void poll() override {
    uint32_t waiting = made() / kWordsPerValue - taken_;
    // A quarter of the ring stays out of use, so that DMA does not overtake what is being read.
    const uint32_t kMost = (kRingWords - kRingWords / 4) / kWordsPerValue;
    if (waiting > kMost) {
      const uint32_t lost = waiting - kMost;
      taken_ += lost;
      waiting -= lost;
      ring_->lose(lost, timeOf(taken_));
    }
    for (; waiting >= kBlock; waiting -= kBlock) {
      int16_t block[kBlock];
      for (uint32_t i = 0; i < kBlock; i++) {
        const uint32_t at = (taken_ + i) * kWordsPerValue % kRingWords;
        block[i] = filter_.next(words_[at], words_[at + 1]);
      }
      taken_ += kBlock;
      if (taken_ > kSettling) ring_->push(block, kBlock, timeOf(taken_));
    }
  }

 private:
  /**
   * Whether a microphone is there: its bits change all the time, in silence half of them are set. A pin with
   * nothing on it is held low.
   */
  bool speaks(const uint16_t* instructions) {
    const pio_program_t program = programOf(instructions);
    if (!pio_can_add_program(kPio, &program)) return false;
    offset_ = pio_add_program(kPio, &program);
    listen();
    delay(kFindMillis);
    stop();
    const uint32_t words = made();
    const uint32_t kLooked = 64;
    uint32_t ones = 0;
    for (uint32_t back = 1; back <= kLooked && back <= words; back++)
      ones += static_cast<uint32_t>(__builtin_popcount(words_[(words - back) % kRingWords]));
    const uint32_t kBits = kLooked * 32;
    if (words >= kLooked && ones > kBits / 8 && ones < kBits - kBits / 8) return true;
    pio_remove_program(kPio, &program, offset_);
    return false;
  }

  static pio_program_t programOf(const uint16_t* instructions) {
    pio_program_t program = pio_program_t();
    program.instructions = instructions;
    program.length = 2;
    program.origin = -1;
    return program;
  }

  /** Two instructions a period; the divider has 8 bits behind the point. */
  void listen() {
    pio_sm_config config = pio_get_default_sm_config();
    sm_config_set_wrap(&config, offset_, offset_ + 1);
    sm_config_set_sideset(&config, 1, false, false);
    sm_config_set_sideset_pins(&config, kClockPin);
    sm_config_set_in_pins(&config, kDataPin);
    sm_config_set_in_shift(&config, false, true, 32);
    sm_config_set_fifo_join(&config, PIO_FIFO_JOIN_RX);
    const uint32_t bits = kRate * kWordsPerValue * 32;
    const uint64_t divider = (static_cast<uint64_t>(clock_get_hz(clk_sys)) * 256 + bits) / (2 * bits);
    sm_config_set_clkdiv_int_frac(&config, static_cast<uint16_t>(divider >> 8),
                                  static_cast<uint8_t>(divider));
    pio_gpio_init(kPio, kClockPin);
    pio_gpio_init(kPio, kDataPin);
    gpio_pull_down(kDataPin);
    pio_sm_set_consecutive_pindirs(kPio, machine_, kClockPin, 1, true);
    pio_sm_set_consecutive_pindirs(kPio, machine_, kDataPin, 1, false);
    pio_sm_init(kPio, machine_, offset_, &config);
    dma_channel_config dma = dma_channel_get_default_config(channel_);
    channel_config_set_transfer_data_size(&dma, DMA_SIZE_32);
    channel_config_set_read_increment(&dma, false);
    channel_config_set_write_increment(&dma, true);
    channel_config_set_ring(&dma, true, kSoundRingBits);
    channel_config_set_dreq(&dma, pio_get_dreq(kPio, machine_, false));
    dma_channel_configure(channel_, &dma, words_, &kPio->rxf[machine_], kTransfers, true);
    pio_sm_set_enabled(kPio, machine_, true);
  }

  /** Words that have come. */
  uint32_t made() const { return kTransfers - dma_channel_hw_addr(channel_)->transfer_count; }

  /** When value number `count` came. */
  uint64_t timeOf(uint32_t count) const { return started_ + static_cast<uint64_t>(count) * 125 / 2; }

  volatile uint32_t* words_;
  uint32_t channel_;
  uint32_t machine_;
  uint32_t offset_;
  capture::Ring* ring_;
  uint32_t taken_;    // values fetched since the start
  uint64_t started_;  // clock at the start
  PdmFilter filter_;
};

PicoMicrophone& pdmMicrophone() {
  static PdmMicrophone only;
  return only;
}

}  // namespace pico
}  // namespace board
}  // namespace dormouse

#endif
