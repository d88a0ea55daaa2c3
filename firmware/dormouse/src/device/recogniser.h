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
#include "../dsp/picture.h"
#include "../dsp/stream.h"
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
  /** What pictures will come, before load(): their size decides how much memory they need. Its bytes do not
   * matter. */
  void expectPictures(const dsp::Picture& like) { camera_ = like; }

  /** Reads and prepares an image, which must stay where it is. On failure nothing is loaded and error() says
   * why. */
  bool load(const uint8_t* image, uint32_t bytes) {
    const Kept nothing = {nullptr, nullptr, 0, 0};
    return load(image, bytes, nothing);
  }
  /** The same, sooner, from what was kept of an earlier load() of the same bytes at the same place, if that
   * fits (nn::Model::wake). waking() says what came of that. */
  struct Kept {
    const uint8_t* head;  // nullptr: nothing was kept
    const uint8_t* bookkeeping;
    uint32_t bytes;
    uint32_t build;
  };
  bool load(const uint8_t* image, uint32_t bytes, const Kept& kept);
  nn::Waking waking() const { return waking_; }
  /** The model that is loaded, to keep its bookkeeping; nullptr where there is none. */
  const nn::Model* model() const { return loaded_ && image_.tflite.bytes > 0 ? &model_ : nullptr; }
  void unload() { loaded_ = false; }
  bool loaded() const { return loaded_; }
  /** Runs the model once more on the last input, operator by operator: each one's microseconds, as u32, into
   * `out`. */
  void timeLayers(uint8_t* out);
  uint32_t layers() const { return model_.operators(); }
  /** The next inference is the first, for models that keep something from one to the next (nn::Model::reset).
   */
  void forget() { model_.reset(); }

  const slot::Manifest& manifest() const { return manifest_; }

  /** How it takes what it hears or sees: whole windows of values; sound as it comes, of which no window is
   * ever kept; or pictures as they lie with the camera. */
  enum class Way : uint8_t { kWindows, kStream, kPictures };
  Way way() const { return way_; }
  bool hears() const { return wire::same(manifest_.sensor, "audio"); }

  /** kWindows: frames * axes values in physical units, interleaved; fill it, then call fromWindow(). */
  float* window() { return window_; }
  uint32_t windowBytes() const { return way_ == Way::kWindows ? manifest_.window * manifest_.axes * 4 : 0; }

  /** Forgets the sound so far; `unit` is what one raw count is worth. For models that hear, whatever the way.
   */
  bool beginSound(float unit);
  /** kStream: the same with the unit of before, after a gap. */
  void restartSound() { stream_.restart(); }
  /** Takes raw frames up to the window's end and returns how many. Takes none once the window is whole. */
  uint32_t pushSound(const int16_t* frames, uint32_t count);
  bool soundReady() const;
  /** One inference on the window that is whole, which then slides on by the stride. */
  bool fromSound();
  /** Slides on without one: the board cannot keep up. */
  void skipSound() { stream_.window(features_); }

  /** kPictures: one inference, straight from the picture's bytes. */
  bool fromPicture(const dsp::Picture& picture);
  /** A picture as INFER_DATA brings it: u16 width, u16 height, u8 format, three unused, pixels. False if the
   * bytes are not as many as that says. */
  enum : uint32_t { kPictureHeader = 8 };
  static bool readPicture(const uint8_t* bytes, uint32_t count, dsp::Picture* picture);
  /** Memory that no model uses, for a picture that comes over the line; 4-aligned. */
  uint8_t* spare(uint32_t* bytes);

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
  bool chooseWay(const dsp::Shape& shape);
  bool enough();
  bool loadModel(const Kept& kept);
  bool checkOutput();
  bool readAnomaly();
  dsp::InputScale inputScale() const;
  bool fromRepeated(const slot::Section& sound);
  bool fromWirePicture(const slot::Section& data);
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
  Way way_;
  dsp::Stream stream_;
  dsp::Picture camera_;
  float unit_;         // of the sound that is pushed
  uint32_t heard_;     // kWindows: frames of it in the window
  uint32_t wayBytes_;  // scratch, or the stream's state
  nn::Model model_;
  nn::Waking waking_;
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
  uint32_t soundMicros_;  // spent on sound since the last window of it
  uint32_t dspMicros_;
  uint32_t modelMicros_;
  TextLine error_;
};

}  // namespace device
}  // namespace dormouse

#endif
