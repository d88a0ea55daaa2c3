/**
 * The simulated board: the core's own device with a line, a clock, sensors and flash that somebody outside
 * feeds, moves and reads. Knows nothing of WebAssembly, of files or of the sources of its sensor values.
 */
#ifndef DORMOUSE_SIM_BOARD_H
#define DORMOUSE_SIM_BOARD_H

#include <stdint.h>

#include "device/device.h"
#include "profiles.h"
#include "sim_flash.h"

namespace dormouse {
namespace sim {

typedef void* (*Allocate)(uint32_t bytes);
typedef uint32_t (*Stopwatch)();

struct Options {
  const Profile* profile;
  const char* uid;
  uint32_t slotBytes;         // 0 = the profile's
  uint32_t modelRam;          // 0 = the profile's
  bool testSignal;            // a last sensor of six axes at up to 100 kHz, to load the line
  device::CameraInfo camera;  // width 0 = 96 x 96, RGB565
  bool uart;                  // behind a UART bridge, so that its line has a speed
  uint32_t build;             // device::Parts::build
};

class SimBoard : public device::Serial, public device::Clock, public device::Sensors, public device::System {
 public:
  enum : uint32_t { kSensors = 4, kInput = 16 * 1024, kOutput = 32 * 1024 };
  enum : uint8_t { kCamera = 2, kTestSignal = 3 };
  enum : uint16_t { kMostWidth = 160, kMostHeight = 120 };

  /** Allocates all it will ever need; false if there was not enough, or no such camera. Call start() next. */
  bool create(const Options& options, Allocate allocate, Stopwatch stopwatch);
  /** Switches it on: power is back, RAM is lost, flash is kept. */
  void start();

  /** The line. Returns how many bytes the board took, or gave. */
  uint32_t receive(const uint8_t* bytes, uint32_t count);
  uint32_t takeOutput(uint8_t* bytes, uint32_t capacity);
  /** Sensor frames that the world has made up to now; what the sensor's FIFO cannot hold is dropped and
   * counted. */
  uint32_t provide(uint8_t sensor, const int16_t* frames, uint32_t count);
  /** A picture that the camera took now, in the camera's own size and format; false while it is off. */
  bool providePicture(const uint8_t* bytes, uint32_t count);
  /** Somebody presses the board's button, or lets it go. */
  void button(bool pressed) { device_.button(0, pressed); }
  uint32_t pictureBytes() const { return pictureBytes_; }
  /** The rate at which a sensor runs now, in mHz; 0 = it is off. */
  uint32_t runningRate(uint8_t sensor) const { return sensor < count() ? rate_[sensor] : 0; }
  /** Frames that would be kept now; of a camera, which always has room for one picture, 1. */
  uint32_t roomFor(uint8_t sensor) const {
    return sensor == kCamera ? 1 : sensor < count() ? rings_[sensor].room() : 0;
  }
  /** Moves the clock, then runs the device's loop once. */
  void advance(uint32_t micros);
  /** Output that was not taken yet, and input that the device has not looked at. */
  uint32_t outputWaiting() const { return outputUsed_; }
  uint32_t inputWaiting() const { return inputUsed_; }

  SimFlash& flash() { return flash_; }
  int16_t lastLabel() const { return lastLabel_; }
  bool inBootloader() const { return inBootloader_; }

  // What the device asks of a board.
  uint32_t read(uint8_t* bytes, uint32_t capacity) override;
  uint32_t write(const uint8_t* bytes, uint32_t count) override;
  bool canSetBaud(uint32_t) override { return uart_; }
  void setBaud(uint32_t) override {}
  uint64_t micros() override { return micros_; }
  uint32_t ticks() override { return stopwatch_(); }
  uint8_t count() const override { return sensorCount_; }
  const device::SensorInfo& info(uint8_t sensor) const override;
  capture::Ring& ring(uint8_t sensor) override { return rings_[sensor]; }
  uint32_t start(uint8_t sensor, uint32_t rateMilliHz) override;
  void stop(uint8_t sensor) override { rate_[sensor] = 0; }
  void poll() override {}
  bool camera(uint8_t sensor, device::CameraInfo* info) override;
  bool picture(uint8_t sensor, capture::Shot* shot) override;
  void releasePicture(uint8_t) override { held_ = kNone; }
  void restart(bool intoBootloader) override;
  void recognised(int16_t label) override { lastLabel_ = label; }

 private:
  enum : uint8_t { kNone = 2 };

  bool createCamera(const device::CameraInfo& wanted, Allocate allocate);
  void boot();

  device::Device device_;
  device::Parts parts_;
  SimFlash flash_;
  capture::Ring rings_[kSensors];
  uint32_t rate_[kSensors];
  uint8_t sensorCount_;
  Stopwatch stopwatch_;
  bool uart_;
  uint64_t micros_;
  int16_t lastLabel_;
  bool restartAsked_;
  bool inBootloader_;
  uint32_t inputAt_;
  uint32_t inputUsed_;
  uint32_t outputAt_;
  uint32_t outputUsed_;
  uint8_t input_[kInput];
  uint8_t output_[kOutput];
  int16_t* ringMemory_[kSensors];

  // The camera writes into the buffer that is not held; the newest is shown once.
  device::CameraInfo camera_;
  uint32_t pictureBytes_;
  uint8_t* pictures_[2];
  uint8_t newest_;  // which buffer has a picture that nobody saw, or kNone
  uint8_t held_;
  uint32_t pictureNumber_;  // of the next picture
  uint32_t newestNumber_;
  uint64_t newestMicros_;
};

}  // namespace sim
}  // namespace dormouse

#endif
