/**
 * One model with its DSP block in the memory that the board has for it: a window of sensor values in, int8
 * scores, and how unusual it is, out.
 *
 * Knows nothing of where windows come from, of slots or of the wire. The order of its memory is
 * PROTOCOL.md 6.
 */
#ifndef DORMOUSE_DEVICE_RECOGNISER_H
#define DORMOUSE_DEVICE_RECOGNISER_H

#include <stdint.h>

#include "../anomaly/anomaly.h"
#include "../nn/nn.h"
#include "../objects/objects.h"
#include "../slot/image.h"
#include "board.h"
#include "judge.h"
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
  /** 0 where nothing but the features says what is unusual. */
  uint32_t inputBytes() const { return image_.tflite.bytes > 0 ? manifest_.features : 0; }
  /** What the model put out, until the next inference. */
  const int8_t* output() const { return static_cast<const int8_t*>(output_.data); }
  uint32_t outputBytes() const { return output_.bytes; }
  /** One int8 per label (of objects: the largest of all cells), none where only the unusual is told. */
  const int8_t* scores() const { return scores_; }
  uint32_t scoreCount() const { return scoreCount_; }
  bool hasAnomaly() const { return image_.anomaly.bytes > 0; }
  /** score / threshold of the anomaly section; not a number where the last inference had no features. */
  float anomalyRatio() const { return ratio_; }
  /** Whether objects are to be told, and where they are. */
  bool hasObjects() const { return manifest_.head == slot::kObjects; }
  const objects::Grid& grid() const { return grid_; }

  /** The sliding window of a live run, frames * axes. */
  int16_t* sliding() { return sliding_; }
  Judge& judge() { return judge_; }

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
  bool checkOutput();
  bool readAnomaly();
  bool fromFeatures(uint32_t begun);
  bool runModel();
  bool scoreAnomaly();
  bool fromGolden(const slot::GoldenReader::Vector& vector);
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
  anomaly::Detector detector_;
  Judge judge_;
  objects::Grid grid_;
  void* judgeMemory_;
  int8_t* scores_;
  uint32_t scoreCount_;
  float ratio_;

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
