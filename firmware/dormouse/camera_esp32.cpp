/**
 * OV2640 or OV3660 through Espressif's esp_camera, whose task writes pictures into buffers in PSRAM while the
 * loop goes on: QQVGA (160 x 120), RGB565. Pins: Seeed's CameraWebServer example for this board.
 */
#include "board.h"

#if defined(ARDUINO_XIAO_ESP32S3)

#include "camera_esp32.h"
#include "imu.h"

#include <esp_camera.h>

namespace dormouse {
namespace board {

static const uint16_t kWidth = 160;
static const uint16_t kHeight = 120;
static const uint32_t kRates[] = {10000, 5000, 1000};
static const device::Axis kAxisList[] = {{"red", "N/A", 1}, {"green", "N/A", 1}, {"blue", "N/A", 1}};
static const device::SensorInfo kInfo = {"camera", device::SensorKind::kCamera, 3, 3, kAxisList, kRates};

class EspCamera : public Camera {
 public:
  EspCamera() : clock_(nullptr), frame_(nullptr), on_(false) {}

  bool find(device::Clock* clock) {
    clock_ = clock;
    camera_config_t config = {};
    config.pin_pwdn = -1;
    config.pin_reset = -1;
    config.pin_xclk = 10;
    config.pin_sccb_sda = 40;
    config.pin_sccb_scl = 39;
    config.pin_d7 = 48;
    config.pin_d6 = 11;
    config.pin_d5 = 12;
    config.pin_d4 = 14;
    config.pin_d3 = 16;
    config.pin_d2 = 18;
    config.pin_d1 = 17;
    config.pin_d0 = 15;
    config.pin_vsync = 38;
    config.pin_href = 47;
    config.pin_pclk = 13;
    config.xclk_freq_hz = 20000000;
    config.ledc_timer = LEDC_TIMER_0;
    config.ledc_channel = LEDC_CHANNEL_0;
    config.pixel_format = PIXFORMAT_RGB565;
    config.frame_size = FRAMESIZE_QQVGA;
    config.fb_count = 2;
    config.fb_location = CAMERA_FB_IN_PSRAM;
    config.grab_mode = CAMERA_GRAB_LATEST;
    return esp_camera_init(&config) == ESP_OK;
  }

  const device::SensorInfo& info() const override { return kInfo; }
  device::CameraInfo shape() const override {
    const device::CameraInfo shape = {kWidth, kHeight, capture::PixelFormat::kRgb565};
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
    frame_ = esp_camera_fb_get();
    if (!frame_) return false;
    if (frame_->len != 2u * kWidth * kHeight) {
      release();
      return false;
    }
    // The driver puts the high byte of each pixel first; the wire wants the low one.
    for (uint32_t at = 0; at < frame_->len; at += 2) {
      const uint8_t high = frame_->buf[at];
      frame_->buf[at] = frame_->buf[at + 1];
      frame_->buf[at + 1] = high;
    }
    const capture::Picture picture = {frame_->buf, kWidth, kHeight, capture::PixelFormat::kRgb565};
    shot->picture = picture;
    shot->number = number;
    shot->micros = clock_->micros();
    return true;
  }

  void release() override {
    if (frame_) esp_camera_fb_return(frame_);
    frame_ = nullptr;
  }

 private:
  device::Clock* clock_;
  camera_fb_t* frame_;
  PictureClock due_;
  bool on_;
};

Camera* findEspCamera(device::Clock* clock) {
  static EspCamera camera;
  return camera.find(clock) ? &camera : nullptr;
}

}  // namespace board
}  // namespace dormouse

#endif
