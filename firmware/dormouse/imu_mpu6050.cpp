/**
 * Registers and figures as in InvenSense's RM-MPU-6000A and PS-MPU-6000A. Set to +-4 g and +-2000 deg/s, the
 * low-pass filter at or below half of the rate. The FIFO (1024 bytes) holds, per frame, acceleration x y z
 * and then rotation x y z, high byte first.
 */
#include "imu_mpu6050.h"

namespace dormouse {
namespace board {

enum Register : uint8_t {
  kRateDivider = 0x19,  // rate = 1 kHz / (1 + this) while the filter is on
  kFilter = 0x1a,
  kRotationRange = 0x1b,
  kAccelerationRange = 0x1c,
  kFifoTakes = 0x23,
  kUserControl = 0x6a,  // bit 6: FIFO on; bit 2: empty it
  kPower1 = 0x6b,       // bit 6: sleep; 1 = clock from the gyroscope
  kFifoCount = 0x72,    // bytes, high byte first
  kFifoData = 0x74,
  kWhoAmI = 0x75,
};

static const uint32_t kFifoBytes = 1024;
static const uint32_t kFrameBytes = 12;

// 8192 digits per g, 16.4 per deg/s.
static const float kAccelerationScale = 9.80665f / 8192;
static const float kRotationScale = 1 / 16.4f;
static const device::Axis kAxisList[] = {
    {"accX", "m/s2", kAccelerationScale}, {"accY", "m/s2", kAccelerationScale},
    {"accZ", "m/s2", kAccelerationScale}, {"gyrX", "deg/s", kRotationScale},
    {"gyrY", "deg/s", kRotationScale},    {"gyrZ", "deg/s", kRotationScale}};
static const uint32_t kRates[] = {100000, 25000, 50000, 62500, 125000, 200000, 500000};
static const uint8_t kDividers[] = {9, 39, 19, 15, 7, 4, 1};
// Cut-off of acceleration: 44, 10, 21, 21, 44, 94, 184 Hz.
static const uint8_t kFilters[] = {3, 5, 4, 4, 3, 2, 1};
static const device::SensorInfo kInfo = {"imu", device::SensorKind::kMotion, Imu::kAxes, 7, kAxisList,
                                         kRates};

const device::SensorInfo& Mpu6050::info() const { return kInfo; }

bool Mpu6050::find() {
  uint8_t id = 0;
  // 0x68 is the MPU-6050 itself, 0x70 the MPU-6500 that is sold in its place; both have these registers.
  return chip_.read(kWhoAmI, &id, 1) && (id == 0x68 || id == 0x70) && chip_.write(kPower1, 1);
}

bool Mpu6050::start(uint32_t rateMilliHz) {
  const uint8_t rate = rateIndex(kInfo, rateMilliHz);
  const bool set = chip_.write(kPower1, 1) && chip_.write(kUserControl, 0) && chip_.write(kFifoTakes, 0) &&
                   chip_.write(kFilter, kFilters[rate]) && chip_.write(kRateDivider, kDividers[rate]) &&
                   chip_.write(kAccelerationRange, 1 << 3) && chip_.write(kRotationRange, 3 << 3);
  return set && chip_.write(kUserControl, 1 << 2) && chip_.write(kFifoTakes, 0x78) &&
         chip_.write(kUserControl, 1 << 6);
}

void Mpu6050::stop() {
  chip_.write(kFifoTakes, 0);
  chip_.write(kUserControl, 0);
  chip_.write(kPower1, 1 << 6);
}

uint32_t Mpu6050::waiting(bool* overran) {
  uint8_t count[2];
  *overran = false;
  if (!chip_.read(kFifoCount, count, sizeof count)) return 0;
  const uint32_t bytes = static_cast<uint32_t>(count[0]) << 8 | count[1];
  // It goes on over its oldest bytes when full, and 1024 is no whole number of frames.
  *overran = bytes + kFrameBytes > kFifoBytes;
  return bytes / kFrameBytes;
}

bool Mpu6050::read(int16_t* frames, uint32_t count) {
  uint8_t bytes[kMostFrames * kFrameBytes];
  if (!chip_.read(kFifoData, bytes, static_cast<uint8_t>(count * kFrameBytes))) return false;
  for (uint32_t i = 0; i < count * kAxes; i++)
    frames[i] = static_cast<int16_t>(bytes[2 * i] << 8 | bytes[2 * i + 1]);
  return true;
}

}  // namespace board
}  // namespace dormouse
