/**
 * The device: what a board is to the app. Answers requests, streams sensors, keeps the model slots,
 * recognises.
 *
 * A board makes one Device, gives it its parts and one piece of memory with begin(), and calls loop() for
 * ever. Nothing is allocated afterwards. Knows nothing of Arduino, of any MCU or of any operating system.
 */
#ifndef DORMOUSE_DEVICE_DEVICE_H
#define DORMOUSE_DEVICE_DEVICE_H

#include <stdint.h>

#include "../slot/flash.h"
#include "../slot/store.h"
#include "board.h"
#include "link.h"
#include "live_run.h"
#include "messages.h"
#include "pictures.h"
#include "recogniser.h"
#include "sensor_hub.h"
#include "streams.h"
#include "text_line.h"

namespace dormouse {
namespace device {

struct Parts {
  Identity identity;
  Serial* serial;
  Clock* clock;
  Sensors* sensors;
  System* system;
  slot::Flash* flash;
  /** 16-aligned. The device takes kWireMemory of it for itself; models get the rest. */
  uint8_t* memory;
  uint32_t memoryBytes;
  /** Tells this program from every other that this board may get, together with where its code lies: a hash,
   * a date. 0 = not known; then each start of the board prepares the model anew (MODEL_SLOT.md 7). */
  uint32_t build;
};

class Device {
 public:
  enum : uint32_t {
    kSendRing = 4096,
    kReceiveMemory = (wire::kMaxFrame + 15) / 16 * 16,
    kReplyMemory = wire::kMaxPayload,
    kWireMemory = kSendRing + kReceiveMemory + kReplyMemory + slot::Store::kStaging,
  };

  /** False if the memory is too small to speak at all. May be called again: that is a restart. */
  bool begin(const Parts& parts);
  void loop();

  /** Events for the host; lost, and seen to be lost, if the line is full. `level`: 0 debug to 3 error. */
  void log(uint8_t level, const char* text);
  void button(uint8_t number, bool pressed);

  /** False while the board prints text lines. */
  bool spoken() const { return spoken_; }

 private:
  enum class After : uint8_t { kNothing, kText, kSetBaud, kRestart, kBootloader };

  void answer(const wire::Frame& frame);
  void handle(const wire::Frame& frame);
  void hello();
  void ping(const wire::Frame& frame);
  void bye();
  void baud(const wire::Frame& frame);
  void reset(const wire::Frame& frame);
  void streamStart(const wire::Frame& frame);
  void streamStop(const wire::Frame& frame);
  void stopEverything();
  void stopStream(uint8_t sensor, uint32_t* sent, uint32_t* dropped);
  void writeSlots(wire::CborWriter& writer);
  bool sensorOf(const wire::Frame& frame, uint8_t* sensor);

  void slotList();
  void slotBegin(const wire::Frame& frame);
  void slotWrite(const wire::Frame& frame);
  void slotVerify();
  void slotCommit();
  void slotRollback();
  void slotErase(const wire::Frame& frame);
  bool verifyImage(uint32_t* passed, uint32_t* longestMicros);
  void failSlot(slot::Result result);
  void leaveModel();

  bool prepareModel();
  Recogniser::Kept keptModel() const;
  void keepModel();
  void expectPictures();
  bool inferTarget(uint8_t kind, uint8_t** target, uint32_t* total);
  bool inferSound(const uint8_t* bytes, uint32_t count);
  bool inferFrom(uint8_t kind);
  void runStart(const wire::Frame& frame);
  void inferData(const wire::Frame& frame);
  void inferRun(const wire::Frame& frame);
  void inferLayers();

  void startText();
  void pump(uint8_t sensor);
  void pumpPictures(uint8_t sensor);
  void printText(uint8_t sensor, const int16_t* frames, uint32_t count);
  void finishAfter();

  Parts parts_;
  Link link_;
  SensorHub hub_;
  Streams streams_;
  Pictures pictures_;
  Reply reply_;
  slot::Store store_;
  Recogniser recogniser_;
  LiveRun run_;

  bool spoken_;
  bool answered_;  // a request was answered: the next one may be its repetition
  uint8_t lastType_;
  uint16_t lastSequence_;
  After after_;
  uint32_t newBaud_;

  bool verified_;     // the image that is being written passed SLOT_VERIFY
  bool startMarked_;  // the active model has its START mark for this start of the board
  uint8_t inferKind_;
  uint32_t inferNext_;  // bytes of INFER_DATA so far
};

}  // namespace device
}  // namespace dormouse

#endif
