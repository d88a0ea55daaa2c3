/**
 * Registers and figures as in ST's data sheets DocID026899 (LSM6DS3) and DocID030071 (LSM6DS3TR-C). Set to
 * +-4 g and
 * +-2000 deg/s. The FIFO (4 KB at least) runs in continuous mode and holds, per frame, rotation x y z and
 * then acceleration x y z.
 */
#include "imu_lsm6ds3.h"

namespace dormouse {
namespace board {

enum Register : uint8_t {
  kFifoControl3 =
      0x08,  // what the FIFO takes: rotation in bits 5:3, acceleration in bits 2:0; 1 = every value
  kFifoControl4 = 0x09,
  kFifoControl5 = 0x0a,  // FIFO rate in bits 6:3; mode in bits 2:0: 0 = off and empty, 6 = continuous
  kWhoAmI = 0x0f,
  kAcceleration = 0x10,  // rate in bits 7:4, range in bits 3:2: 2 = 4 g
  kRotation = 0x11,      // rate in bits 7:4, range in bits 3:2: 3 = 2000 deg/s
  kControl3 = 0x12,      // bit 6: both bytes of a value are of one moment; bit 2: addresses count up
  kFifoStatus1 = 0x3a,   // words waiting, low byte; the next register has the high bits and flags
  kFifoData = 0x3e,      // two bytes; reading on goes round in them
};

// Sensitivities: 0.122 mg and 70 mdeg/s per digit. (2000 deg/s is the range that is promised, not the full
// scale.)
static const float kAccelerationScale = 0.122e-3f * 9.80665f;
static const float kRotationScale = 0.070f;
static const device::Axis kAxisList[] = {
    {"accX", "m/s2", kAccelerationScale}, {"accY", "m/s2", kAccelerationScale},
    {"accZ", "m/s2", kAccelerationScale}, {"gyrX", "deg/s", kRotationScale},
    {"gyrY", "deg/s", kRotationScale},    {"gyrZ", "deg/s", kRotationScale}};
static const uint32_t kRates[] = {104000, 12500, 26000, 52000, 208000, 416000, 833000};
static const uint8_t kRateCodes[] = {4, 1, 2, 3, 5, 6, 7};
static const device::SensorInfo kInfo = {"imu", device::SensorKind::kMotion, Imu::kAxes, 7, kAxisList,
                                         kRates};

const device::SensorInfo& Lsm6ds3::info() const { return kInfo; }

bool Lsm6ds3::find() {
  uint8_t id = 0;
  return chip_.read(kWhoAmI, &id, 1) && (id == 0x69 || id == 0x6a);
}

bool Lsm6ds3::start(uint32_t rateMilliHz) {
  const uint8_t code = kRateCodes[rateIndex(kInfo, rateMilliHz)];
  const bool set = chip_.write(kControl3, 0x44) && chip_.write(kFifoControl5, 0) &&
                   chip_.write(kAcceleration, static_cast<uint8_t>(code << 4 | 2 << 2)) &&
                   chip_.write(kRotation, static_cast<uint8_t>(code << 4 | 3 << 2)) &&
                   chip_.write(kFifoControl3, 1 << 3 | 1) && chip_.write(kFifoControl4, 0);
  return set && chip_.write(kFifoControl5, static_cast<uint8_t>(code << 3 | 6));
}

void Lsm6ds3::stop() {
  chip_.write(kFifoControl5, 0);
  chip_.write(kAcceleration, 0);
  chip_.write(kRotation, 0);
}

uint32_t Lsm6ds3::waiting(bool* overran) {
  uint8_t status[4];
  *overran = false;
  if (!chip_.read(kFifoStatus1, status, sizeof status)) return 0;
  const uint32_t words = status[0] | (status[1] & 0x0fu) << 8;
  const uint32_t nextWord = status[2] | (status[3] & 0x03u)
                                            << 8;  // 0 to 5: which value of a frame comes next
  *overran = (status[1] & 0x40u) != 0 || (words > 0 && nextWord != 0);
  return words / kAxes;
}

bool Lsm6ds3::read(int16_t* frames, uint32_t count) {
  uint8_t bytes[kMostFrames * kAxes * 2];
  if (!chip_.read(kFifoData, bytes, static_cast<uint8_t>(count * kAxes * 2))) return false;
  for (uint32_t i = 0; i < count * kAxes; i++) {
    const uint32_t axis = i % kAxes;
    const uint32_t target = i - axis + (axis + 3) % kAxes;
    frames[target] = static_cast<int16_t>(bytes[2 * i] | bytes[2 * i + 1] << 8);
  }
  return true;
}

}  // namespace board
}  // namespace dormouse
