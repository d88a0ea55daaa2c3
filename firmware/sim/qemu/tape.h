/**
 * What the emulated board's sensors sense: a tape that the emulator laid into memory, played in a loop, or
 * plain waves where there is none. Knows sensors by number, axes and rate.
 *
 * A tape: "TAPE", then pieces (u32 sensor, u32 rate in mHz, u32 frames, u32 bytes per frame, frames, padded
 * to 4), one for each sensor that plays it, the last one's sensor being 0xffffffff. A camera's frames are
 * pictures.
 */
#ifndef DORMOUSE_QEMU_TAPE_H
#define DORMOUSE_QEMU_TAPE_H

#include <stdint.h>

#include "board/sim_board.h"

class Tape {
 public:
  void begin(dormouse::sim::SimBoard* board, const uint8_t* bytes);
  /** Hands the board what its sensors measured between two moments. */
  void measure(uint64_t from, uint64_t to);

 private:
  struct Piece {
    uint32_t rate;
    uint32_t frames;  // 0: the sensor has no piece
    uint32_t frameBytes;
    const uint8_t* bytes;
  };

  void takePicture(uint32_t number);
  void fill(uint8_t sensor, uint32_t rate, uint32_t frame, int16_t* values) const;

  dormouse::sim::SimBoard* board_;
  Piece pieces_[dormouse::sim::SimBoard::kSensors];
  uint32_t made_[dormouse::sim::SimBoard::kSensors];  // frames since the sensor was started
};

#endif
