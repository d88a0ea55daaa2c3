// Features of sound that keeps coming: a new slice of samples costs only its own frames, and each window's
// features are, to the bit, those that dsp::run() makes of the same samples. For the blocks of sound.h. Knows
// nothing of sensors or models; all memory is the caller's.
//
//   uint32_t bytes;
//   Stream::stateBytes(block, shape, stride, &bytes);
//   stream.begin(block, shape, stride, 1.0f, state, bytes);
//   while (count > 0) {
//     const uint32_t taken = stream.push(samples, count);
//     samples += taken; count -= taken;
//     if (stream.ready()) stream.window(features);
//   }
#ifndef DORMOUSE_DSP_STREAM_H
#define DORMOUSE_DSP_STREAM_H

#include "dsp.h"
#include "sound.h"
#include "sound_front.h"

namespace dormouse {
namespace dsp {

class Stream {
 public:
  Stream() : left_(0) {}

  // Bytes of state for windows of this shape that begin `strideFrames` samples after one another.
  // kBadParameter where the block cannot stream: not a sound block, or a stride that is not a whole number of
  // frame strides (then a caller falls back to whole windows and dsp::run()).
  static Status stateBytes(const Block& block, const Shape& shape, uint32_t strideFrames, uint32_t* bytes);

  // state: 4-aligned, at least stateBytes; it must stay until the last call. `unit`: what one raw count is
  // worth; the samples are then those of a window of raw * unit, as a sensor declares it.
  Status begin(const Block& block, const Shape& shape, uint32_t strideFrames, float unit, void* state,
               uint32_t bytes);

  // Forgets all samples: the next one is the first of a window. For a gap in the sound.
  void restart();

  // Takes samples up to the end of the window and returns how many it took: all of them, or fewer when a
  // window became ready. Takes none while one is ready.
  uint32_t push(const int16_t* samples, uint32_t count);

  // A whole window is there: all of its samples came.
  bool ready() const { return left_ == 0; }

  // Writes the window's features (featureCount values, row by row) and slides on by the stride.
  void window(float* features);

  // For dsp::run(), whose plan is read already: no more values than the window has.
  static uint32_t bytesFor(const SoundPlan& plan);
  void begin(const SoundPlan& plan, uint32_t frames, uint32_t strideFrames, float unit, void* state);
  void pushValues(const float* values, uint32_t count);

 private:
  void complete();
  uint32_t nextPart(uint32_t count, int16_t** place);

  SoundPlan plan_;
  SoundFront front_;
  uint32_t frames_;      // of a window
  uint32_t windowRows_;  // frame strides between two windows
  float unit_;
  bool asItIs_;       // samples are counts already
  int16_t* samples_;  // of the frame in progress
  uint32_t fill_;     // how many of them are there
  uint32_t skip_;     // samples to drop before that frame begins
  uint32_t first_;    // the window's first row in the ring
  uint32_t rows_;     // rows of the window that are there
  uint32_t left_;     // samples until the window's end
};

}  // namespace dsp
}  // namespace dormouse

#endif
