/**
 * Recognition as it happens: slides the window over the sensor's frames, runs the recogniser where a window
 * is due, smooths, and sends RESULT (and WINDOW) events. PROTOCOL.md 5 says what a host may expect of it.
 */
#ifndef DORMOUSE_DEVICE_LIVE_RUN_H
#define DORMOUSE_DEVICE_LIVE_RUN_H

#include <stdint.h>

#include "link.h"
#include "recogniser.h"
#include "sensor_hub.h"

namespace dormouse {
namespace device {

class LiveRun {
 public:
  void begin(SensorHub* hub, Link* link, Recogniser* recogniser, System* system);

  /** Starts the sensor that the loaded model wants. False: fills `why` with one plain sentence. */
  bool start(bool sendWindows, TextLine* why);
  void stop();
  bool on() const { return on_; }
  uint8_t sensor() const { return sensor_; }

  /** Frames as the ring showed them; runs each window that gets complete, unless more than a stride waits
   * behind. */
  void feed(const int16_t* frames, uint32_t count, uint32_t index, uint32_t waitingBehind);
  /** The next picture of the camera; runs those that are due. */
  void see(const capture::Shot& shot);
  /** Sends what is left of a window's input, as far as the line takes it. */
  void sendWindowParts();

 private:
  bool findSensor(TextLine* why);
  bool takeSensor(TextLine* why);
  bool takeCamera(TextLine* why);
  bool sees() const { return recogniser_->way() == Recogniser::Way::kPictures; }
  bool streams() const { return recogniser_->way() == Recogniser::Way::kStream; }
  uint32_t hear(const int16_t* frames, uint32_t count);
  void feedSound(const int16_t* frames, uint32_t count, uint32_t waitingBehind);
  uint64_t microsAt(uint32_t index);
  void tell(bool done, uint64_t micros);
  bool mapAxes(uint8_t sensor, TextLine* missing);
  void restartWindow(uint32_t index);
  void append(const int16_t* frames, uint32_t count);
  void infer(uint32_t lastIndex);
  void sendResult(uint64_t micros, int16_t label);
  void sendObjects();

  SensorHub* hub_;
  Link* link_;
  Recogniser* recogniser_;
  System* system_;

  bool on_;
  bool sendWindows_;
  uint8_t sensor_;
  uint8_t axisOf_[slot::kMaxAxes];  // the window's axis n is this one of the sensor's

  bool based_;         // base_ is known
  uint32_t base_;      // ring index of the run's frame 0, or number of its picture 0
  uint32_t expected_;  // ring index of the next frame, if there is no gap
  uint32_t at_;        // where the next frame goes in the sliding window
  uint32_t filled_;
  uint32_t due_;     // run frame index at which the next window ends
  uint32_t skip_;    // frames of a sound before its next window begins
  uint32_t number_;  // of that window

  uint32_t windowNumber_;  // of the input that is being sent
  uint32_t windowSent_;    // bytes of it; equal to its size when done
};

}  // namespace device
}  // namespace dormouse

#endif
