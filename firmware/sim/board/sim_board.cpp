/** The simulated board's line, clock and sensors. */
#include "sim_board.h"

#include <string.h>

#include "device/version.h"
#include "wire/check.h"

namespace dormouse {
namespace sim {

using device::Axis;
using device::SensorInfo;
using device::SensorKind;

// +-4 g and +-2000 deg/s over 16 bits, as the boards' own IMUs are set.
static const float kAcceleration = 9.80665f * 4 / 32768;
static const float kRotation = 2000.0f / 32768;

static const Axis kMotionAxes[] = {{"accX", "m/s2", kAcceleration}, {"accY", "m/s2", kAcceleration},
                                   {"accZ", "m/s2", kAcceleration}, {"gyrX", "deg/s", kRotation},
                                   {"gyrY", "deg/s", kRotation},    {"gyrZ", "deg/s", kRotation}};
static const uint32_t kMotionRates[] = {100000, 25000, 50000, 62500, 119000, 200000, 400000, 1000000};
static const Axis kAudioAxes[] = {{"audio", "wav", 1}};
static const uint32_t kAudioRates[] = {16000000, 8000000};
static const Axis kColourAxes[] = {{"red", "N/A", 1}, {"green", "N/A", 1}, {"blue", "N/A", 1}};
static const Axis kGrayAxes[] = {{"gray", "N/A", 1}};
static const uint32_t kPictureRates[] = {30000, 1000, 2000, 5000, 10000, 15000, 20000};
static const Axis kTestAxes[] = {{"t0", "count", 1}, {"t1", "count", 1}, {"t2", "count", 1},
                                 {"t3", "count", 1}, {"t4", "count", 1}, {"t5", "count", 1}};
static const uint32_t kTestRates[] = {1000000, 10000000, 50000000, 100000000};

static const SensorInfo kInfo[SimBoard::kSensors] = {
    {"imu", SensorKind::kMotion, 6, 8, kMotionAxes, kMotionRates},
    {"microphone", SensorKind::kAudio, 1, 2, kAudioAxes, kAudioRates},
    {"camera", SensorKind::kCamera, 3, 7, kColourAxes, kPictureRates},
    {"test signal", SensorKind::kOther, 6, 4, kTestAxes, kTestRates},
};
static const SensorInfo kGrayCamera = {"camera", SensorKind::kCamera, 1, 7, kGrayAxes, kPictureRates};
/** The camera has buffers of whole pictures instead. */
static const uint32_t kRingFrames[SimBoard::kSensors] = {1024, 8192, 1, 65536};

bool SimBoard::create(const Options& options, Allocate allocate, Stopwatch stopwatch) {
  const Profile& profile = *options.profile;
  const uint32_t slotBytes = options.slotBytes ? options.slotBytes : profile.slotBytes;
  const uint32_t modelRam = options.modelRam ? options.modelRam : profile.modelRam;
  sensorCount_ = options.testSignal ? 4 : 3;
  if (!createCamera(options.camera, allocate)) return false;
  for (uint8_t i = 0; i < sensorCount_; i++) {
    ringMemory_[i] = static_cast<int16_t*>(allocate(kRingFrames[i] * kInfo[i].axisCount * 2));
    if (!ringMemory_[i]) return false;
  }
  uint8_t* flash = static_cast<uint8_t*>(allocate(2 * slotBytes));
  uint8_t* used = static_cast<uint8_t*>(allocate(2 * slotBytes / profile.writeUnit));
  uint32_t* erases = static_cast<uint32_t*>(allocate(2 * slotBytes / profile.eraseUnit * 4));
  parts_.memoryBytes = device::Device::kWireMemory + modelRam;
  parts_.memory = static_cast<uint8_t*>(allocate(parts_.memoryBytes));
  if (!flash || !used || !erases || !parts_.memory) return false;
  flash_.begin(flash, used, erases, profile.writeUnit, profile.eraseUnit, slotBytes);
  const device::Identity identity = {profile.id, profile.mcu, device::kFirmwareVersion, options.uid,
                                     "Button"};
  parts_.identity = identity;
  parts_.serial = this;
  parts_.clock = this;
  parts_.sensors = this;
  parts_.system = this;
  parts_.flash = &flash_;
  parts_.build = options.build;
  stopwatch_ = stopwatch;
  uart_ = options.uart;
  return true;
}

bool SimBoard::createCamera(const device::CameraInfo& wanted, Allocate allocate) {
  const device::CameraInfo usual = {96, 96, capture::PixelFormat::kRgb565};
  camera_ = wanted.width != 0 ? wanted : usual;
  if (camera_.width > kMostWidth || camera_.height == 0 || camera_.height > kMostHeight) return false;
  if (camera_.format > capture::PixelFormat::kRgb565) return false;
  pictureBytes_ = static_cast<uint32_t>(camera_.width) * camera_.height * bytesPerPixel(camera_.format);
  for (uint8_t*& buffer : pictures_) {
    buffer = static_cast<uint8_t*>(allocate(pictureBytes_));
    if (!buffer) return false;
  }
  return true;
}

void SimBoard::start() {
  outputAt_ = outputUsed_ = 0;
  boot();
}

/** What a restart does by itself: the answer that went out before it stays on the line. */
void SimBoard::boot() {
  micros_ = 0;
  lastLabel_ = -1;
  restartAsked_ = false;
  inBootloader_ = false;
  inputAt_ = inputUsed_ = 0;
  for (uint8_t i = 0; i < sensorCount_; i++) {
    rate_[i] = 0;
    rings_[i].begin(ringMemory_[i], kRingFrames[i], kInfo[i].axisCount);
  }
  newest_ = held_ = kNone;
  pictureNumber_ = newestNumber_ = 0;
  newestMicros_ = 0;
  flash_.restorePower();
  device_.begin(parts_);
}

const SensorInfo& SimBoard::info(uint8_t sensor) const {
  if (sensor == kCamera && camera_.format == capture::PixelFormat::kGray8) return kGrayCamera;
  return kInfo[sensor];
}

bool SimBoard::camera(uint8_t sensor, device::CameraInfo* info) {
  if (sensor == kCamera) *info = camera_;
  return sensor == kCamera;
}

uint32_t SimBoard::start(uint8_t sensor, uint32_t rateMilliHz) {
  // Like a real sensor, it has the rates that it has: the nearest one is set.
  const SensorInfo& info = kInfo[sensor];
  uint32_t best = info.ratesMilliHz[0];
  for (uint8_t i = 0; i < info.rateCount; i++) {
    const uint32_t rate = info.ratesMilliHz[i];
    const uint32_t off = rate > rateMilliHz ? rate - rateMilliHz : rateMilliHz - rate;
    const uint32_t bestOff = best > rateMilliHz ? best - rateMilliHz : rateMilliHz - best;
    if (off < bestOff) best = rate;
  }
  rate_[sensor] = best;
  if (sensor == kCamera) {
    newest_ = kNone;
    pictureNumber_ = 0;
  }
  return best;
}

uint32_t SimBoard::provide(uint8_t sensor, const int16_t* frames, uint32_t count) {
  if (sensor == kCamera || runningRate(sensor) == 0) return 0;
  return rings_[sensor].push(frames, count, micros_);
}

bool SimBoard::providePicture(const uint8_t* bytes, uint32_t count) {
  if (runningRate(kCamera) == 0 || count != pictureBytes_) return false;
  newest_ = held_ == 0 ? 1 : 0;
  memcpy(pictures_[newest_], bytes, count);
  newestNumber_ = pictureNumber_++;
  newestMicros_ = micros_;
  return true;
}

bool SimBoard::picture(uint8_t sensor, capture::Shot* shot) {
  DORMOUSE_ASSERT(held_ == kNone);
  if (sensor != kCamera || newest_ == kNone) return false;
  held_ = newest_;
  newest_ = kNone;
  shot->picture.bytes = pictures_[held_];
  shot->picture.width = camera_.width;
  shot->picture.height = camera_.height;
  shot->picture.format = camera_.format;
  shot->number = newestNumber_;
  shot->micros = newestMicros_;
  return true;
}

void SimBoard::advance(uint32_t micros) {
  if (!flash_.powered() || inBootloader_) return;
  if (restartAsked_) boot();
  micros_ += micros;
  device_.loop();
}

void SimBoard::restart(bool intoBootloader) {
  inBootloader_ = intoBootloader;
  restartAsked_ = !intoBootloader;
}

uint32_t SimBoard::receive(const uint8_t* bytes, uint32_t count) {
  const uint32_t room = kInput - inputUsed_;
  const uint32_t taken = count < room ? count : room;
  for (uint32_t i = 0; i < taken; i++) input_[(inputAt_ + inputUsed_ + i) % kInput] = bytes[i];
  inputUsed_ += taken;
  return taken;
}

uint32_t SimBoard::read(uint8_t* bytes, uint32_t capacity) {
  const uint32_t count = inputUsed_ < capacity ? inputUsed_ : capacity;
  for (uint32_t i = 0; i < count; i++) bytes[i] = input_[(inputAt_ + i) % kInput];
  inputAt_ = (inputAt_ + count) % kInput;
  inputUsed_ -= count;
  return count;
}

uint32_t SimBoard::write(const uint8_t* bytes, uint32_t count) {
  if (!flash_.powered()) return count;  // a board without power says nothing
  const uint32_t room = kOutput - outputUsed_;
  const uint32_t taken = count < room ? count : room;
  for (uint32_t i = 0; i < taken; i++) output_[(outputAt_ + outputUsed_ + i) % kOutput] = bytes[i];
  outputUsed_ += taken;
  return taken;
}

uint32_t SimBoard::takeOutput(uint8_t* bytes, uint32_t capacity) {
  const uint32_t count = outputUsed_ < capacity ? outputUsed_ : capacity;
  for (uint32_t i = 0; i < count; i++) bytes[i] = output_[(outputAt_ + i) % kOutput];
  outputAt_ = (outputAt_ + count) % kOutput;
  outputUsed_ -= count;
  return count;
}

}  // namespace sim
}  // namespace dormouse
