/** Plays a tape, or waves, as sensors. */
#include "tape.h"

#include <string.h>

#include "wire/bytes.h"

using dormouse::sim::SimBoard;
using dormouse::wire::load32;

static const uint32_t kMostAxes = 6;

void Tape::begin(SimBoard* board, const uint8_t* bytes) {
  board_ = board;
  memset(pieces_, 0, sizeof pieces_);
  memset(made_, 0, sizeof made_);
  if (memcmp(bytes, "TAPE", 4) != 0) return;
  for (bytes += 4; load32(bytes) < SimBoard::kSensors;) {
    const Piece piece = {load32(bytes + 4), load32(bytes + 8), load32(bytes + 12), bytes + 16};
    pieces_[load32(bytes)] = piece;
    bytes += 16 + ((piece.frames * piece.frameBytes + 3) & ~3u);
  }
}

/** Without a tape: a triangle of each axis's own length, the third motion axis standing on gravity; the test
 * signal counts values. */
void Tape::fill(uint8_t sensor, uint32_t rate, uint32_t frame, int16_t* values) const {
  const uint32_t axes = board_->info(sensor).axisCount;
  const Piece& piece = pieces_[sensor];
  if (piece.frames > 0 && piece.frameBytes == 2 * axes) {
    const uint64_t at = static_cast<uint64_t>(frame) * piece.rate / rate % piece.frames;
    memcpy(values, piece.bytes + at * piece.frameBytes, piece.frameBytes);
    return;
  }
  for (uint32_t axis = 0; axis < axes; axis++) {
    const uint32_t period = sensor == 1 ? 64 : 100 + 20 * axis;
    const uint32_t phase = frame % period;
    const uint32_t triangle = phase < period / 2 ? phase : period - phase;
    const uint32_t gravity = sensor == 0 && axis == 2 ? 8192 : 0;
    const uint32_t wave = gravity + triangle * 16 - 400;
    values[axis] = static_cast<int16_t>(sensor == SimBoard::kTestSignal ? frame * axes + axis : wave);
  }
}

/** Without a tape: colours that slide by one pixel from picture to picture. */
void Tape::takePicture(uint32_t number) {
  static uint8_t bytes[SimBoard::kMostWidth * SimBoard::kMostHeight * 2];
  const Piece& piece = pieces_[SimBoard::kCamera];
  const uint32_t count = board_->pictureBytes();
  if (piece.frames > 0 && piece.frameBytes == count) {
    board_->providePicture(piece.bytes + number % piece.frames * count, count);
    return;
  }
  for (uint32_t i = 0; i < count; i++) bytes[i] = static_cast<uint8_t>(i + 2 * number);
  board_->providePicture(bytes, count);
}

void Tape::measure(uint64_t from, uint64_t to) {
  static const uint32_t kMost = 64;
  static int16_t frames[kMostAxes * kMost];
  for (uint8_t sensor = 0; sensor < board_->count(); sensor++) {
    const uint32_t rate = board_->runningRate(sensor);
    if (rate == 0) {
      made_[sensor] = 0;
      continue;
    }
    const uint32_t axes = board_->info(sensor).axisCount;
    uint64_t left = to * rate / 1000000000u - from * rate / 1000000000u;
    while (left > 0) {
      const uint32_t count = left < kMost ? static_cast<uint32_t>(left) : kMost;
      left -= count;
      if (sensor == SimBoard::kCamera) {
        for (uint32_t i = 0; i < count; i++) takePicture(made_[sensor]++);
        continue;
      }
      for (uint32_t i = 0; i < count; i++) fill(sensor, rate, made_[sensor]++, frames + i * axes);
      board_->provide(sensor, frames, count);
    }
  }
}
