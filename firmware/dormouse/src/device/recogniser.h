/**
 * One model with its DSP block in the memory that the board has for it: a window of sensor values in, int8
 * scores out.
 *
 * Knows nothing of where windows come from, of slots or of the wire. The order of its memory is
 * PROTOCOL.md 6.
 */
#ifndef DORMOUSE_DEVICE_RECOGNISER_H
#define DORMOUSE_DEVICE_RECOGNISER_H

#include <stdint.h>

#include "../nn/nn.h"
#include "../slot/image.h"
#include "board.h"
#include "text_line.h"

namespace dormouse {
namespace device {

class Recogniser {
 public:
  void begin(uint8_t* memory, uint32_t bytes, Clock* clock);

  /** Reads and prepares an image, which must stay where it is. On failure nothing is loaded and error() says
   * why. */
  bool load(const uint8_t* image, uint32_t bytes);
  void unload() { loaded_ = false; }
  bool loaded() const { return loaded_; }

  const slot::Manifest& manifest() const { return manifest_; }

  /** frames * axes values in physical units, interleaved; fill it, then call fromWindow(). */
  float* window() { return window_; }
  uint32_t windowBytes() const { return manifest_.window * manifest_.axes * 4; }
  /** The model's int8 input: what fromWindow() made, or what the caller filled for fromInput(). */
  int8_t* input() { return input_; }
  uint32_t inputBytes() const { return manifest_.features; }
  /** Scores, one int8 per label, until the next inference. */
  const int8_t* output() const { return static_cast<const int8_t*>(output_.data); }
  uint32_t outputBytes() const { return manifest_.labels; }
  float outputScale() const { return output_.scale; }
  int32_t outputZeroPoint() const { return output_.zeroPoint; }

  /** The sliding window of a live run, frames * axes, and the results that are smoothed, smoothing * labels.
   */
  int16_t* sliding() { return sliding_; }
  int8_t* history() { return history_; }

  bool fromWindow();
  bool fromInput();
  uint32_t dspMicros() const { return dspMicros_; }
  uint32_t modelMicros() const { return modelMicros_; }

  /** Runs the golden vectors; stops at the first that is not right. */
  bool selfTest(uint32_t* passed, uint32_t* longestMicros);
  /** One inference on the first golden vector's window or on zeros: shows that the model runs at all. */
  bool trial();

  const char* error() const { return error_.text(); }
  /** After a load() that failed: only for want of RAM. */
  bool tooLarge() const { return tooLarge_; }

 private:
  bool fail(const char* sentence);
  bool failDsp(dsp::Status status);
  void* place(uint32_t bytes);
  bool layOut();
  bool loadModel();
  bool goldenVector(const slot::GoldenReader::Vector& vector);

  uint8_t* memory_;
  uint32_t bytes_;
  uint32_t used_;
  Clock* clock_;
  bool loaded_;
  bool tooLarge_;

  slot::Image image_;
  slot::Manifest manifest_;
  nn::Model model_;
  nn::TensorView modelInput_;
  nn::TensorView output_;

  int8_t* history_;
  int8_t* input_;
  float* features_;
  float* window_;
  int16_t* sliding_;
  void* scratch_;
  uint32_t scratchBytes_;
  uint32_t dspMicros_;
  uint32_t modelMicros_;
  TextLine error_;
};

}  // namespace device
}  // namespace dormouse

#endif
