/**
 * 320 x 240 pictures: colour from the GC2145 of the Nicla Vision, gray from the HM0360 or HM01B0 of the
 * Portenta's Vision Shield, whichever answers. The library is asked for one picture at a time and waits until
 * it is whole, at most two periods of the camera; meanwhile the sensors' FIFOs and interrupts go on.
 */
#include "board.h"

#if defined(ARDUINO_PORTENTA_H7_M7) || defined(ARDUINO_NICLA_VISION)

#include "camera_mbed.h"
#include "imu.h"

#include <camera.h>
#if defined(ARDUINO_NICLA_VISION)
#include <gc2145.h>
#else
#include <himax.h>
// Both headers have the same guard.
#undef __HIMAX_H
#include <hm0360.h>
#endif

namespace dormouse {
namespace board {

static const uint16_t kWidth = 320;
static const uint16_t kHeight = 240;
static const uint32_t kCameraRate = 30;
static const uint32_t kRates[] = {15000, 5000, 1000};
static const uint32_t kLongestWaitMs = 500;

#if defined(ARDUINO_NICLA_VISION)
static const uint32_t kBytes = 2 * kWidth * kHeight;
static const int32_t kMode = CAMERA_RGB565;
static const device::Axis kAxisList[] = {{"red", "N/A", 1}, {"green", "N/A", 1}, {"blue", "N/A", 1}};
static const device::SensorInfo kInfo = {"camera", device::SensorKind::kCamera, 3, 3, kAxisList, kRates};
static const capture::PixelFormat kFormat = capture::PixelFormat::kRgb565;
#else
static const uint32_t kBytes = kWidth * kHeight;
static const int32_t kMode = CAMERA_GRAYSCALE;
static const device::Axis kAxisList[] = {{"gray", "N/A", 1}};
static const device::SensorInfo kInfo = {"camera", device::SensorKind::kCamera, 1, 3, kAxisList, kRates};
static const capture::PixelFormat kFormat = capture::PixelFormat::kGray8;
#endif

// Written by DMA, invalidated in the cache by whole lines of 32 bytes.
alignas(32) static uint8_t pixels[kBytes];

class MbedCamera : public Camera {
 public:
  explicit MbedCamera(::Camera& camera) : camera_(camera), clock_(nullptr), on_(false) {}

  bool find(device::Clock* clock) {
    clock_ = clock;
    frame_.setBuffer(pixels);
    return camera_.begin(CAMERA_R320x240, kMode, kCameraRate);
  }

  const device::SensorInfo& info() const override { return kInfo; }
  device::CameraInfo shape() const override {
    const device::CameraInfo shape = {kWidth, kHeight, kFormat};
    return shape;
  }

  uint32_t start(uint32_t rateMilliHz) override {
    const uint32_t rate = nearestRate(kInfo, rateMilliHz);
    due_.start(clock_->micros(), rate);
    on_ = true;
    return rate;
  }

  void stop() override { on_ = false; }

  bool take(capture::Shot* shot) override {
    uint32_t number;
    if (!on_ || !due_.due(clock_->micros(), &number)) return false;
    if (camera_.grabFrame(frame_, kLongestWaitMs) != 0) return false;
#if defined(ARDUINO_NICLA_VISION)
    // The GC2145 sends the high byte of each pixel first; the wire wants the low one.
    for (uint32_t at = 0; at < kBytes; at += 2) {
      const uint8_t high = pixels[at];
      pixels[at] = pixels[at + 1];
      pixels[at + 1] = high;
    }
#endif
    const capture::Picture picture = {pixels, kWidth, kHeight, kFormat};
    shot->picture = picture;
    shot->number = number;
    shot->micros = clock_->micros();
    return true;
  }

  void release() override {}

 private:
  ::Camera& camera_;
  ::FrameBuffer frame_;
  device::Clock* clock_;
  PictureClock due_;
  bool on_;
};

#if defined(ARDUINO_PORTENTA_H7_M7)
/** What the chip says it is, in its registers 0 and 1. 0 if none answers. */
static uint16_t himaxModel() {
  CameraWire.beginTransmission(HM0360_I2C_ADDR);
  CameraWire.write(0);
  CameraWire.write(0);
  if (CameraWire.endTransmission(false) != 0 || CameraWire.requestFrom(HM0360_I2C_ADDR, 2) != 2) return 0;
  const int high = CameraWire.read();
  return static_cast<uint16_t>(high << 8 | CameraWire.read());
}
#endif

board::Camera* findMbedCamera(device::Clock* clock) {
#if defined(ARDUINO_NICLA_VISION)
  static GC2145 chip;
  static ::Camera library(chip);
  static MbedCamera camera(library);
  return camera.find(clock) ? &camera : nullptr;
#else
  static HM0360 newer;
  static ::Camera newerLibrary(newer);
  static MbedCamera newerCamera(newerLibrary);
  const bool answers = newerCamera.find(clock);
  // Both chips have the same address, so the library's own look at the bus takes one for the other.
  if (himaxModel() == 0x0360) return answers ? &newerCamera : nullptr;
  if (himaxModel() != 0x01b0) return nullptr;
  static HM01B0 older;
  static ::Camera olderLibrary(older);
  static MbedCamera olderCamera(olderLibrary);
  return olderCamera.find(clock) ? &olderCamera : nullptr;
#endif
}

}  // namespace board
}  // namespace dormouse

#endif
