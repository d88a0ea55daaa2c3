/**
 * Registers and figures as in ST's data sheet DS12814 and application note AN5272. Set to +-4 g and +-2000
 * deg/s. The FIFO holds words of seven bytes: a tag that says which sensor it is of, and its x y z.
 */
#include "imu_lsm6dsox.h"

namespace dormouse {
namespace board {

enum Register : uint8_t {
  kFifoControl3 = 0x09,  // FIFO rate of rotation in bits 7:4, of acceleration in bits 3:0
  kFifoControl4 = 0x0a,  // mode in bits 2:0: 0 = off and empty, 6 = continuous
  kWhoAmI = 0x0f,
  kAcceleration = 0x10,  // rate in bits 7:4, range in bits 3:2: 2 = 4 g
  kRotation = 0x11,      // rate in bits 7:4, range in bits 3:2: 3 = 2000 deg/s
  kControl3 = 0x12,      // bit 6: both bytes of a value are of one moment; bit 2: addresses count up
  kFifoStatus1 = 0x3a,   // words waiting; the next register has two more bits, and flags
  kFifoTag = 0x78,       // the tag, then six bytes; reading on goes round in them
};

static const uint8_t kWordBytes = 7;
static const uint8_t kTagRotation = 1;
static const uint8_t kTagAcceleration = 2;

static const float kAccelerationScale = 0.122e-3f * 9.80665f;
static const float kRotationScale = 0.070f;
static const device::Axis kAxisList[] = {
    {"accX", "m/s2", kAccelerationScale}, {"accY", "m/s2", kAccelerationScale},
    {"accZ", "m/s2", kAccelerationScale}, {"gyrX", "deg/s", kRotationScale},
    {"gyrY", "deg/s", kRotationScale},    {"gyrZ", "deg/s", kRotationScale}};
static const uint32_t kRates[] = {104000, 12500, 26000, 52000, 208000, 417000, 833000};
static const uint8_t kRateCodes[] = {4, 1, 2, 3, 5, 6, 7};
static const device::SensorInfo kInfo = {"imu", device::SensorKind::kMotion, Imu::kAxes, 7, kAxisList,
                                         kRates};

const device::SensorInfo& Lsm6dsox::info() const { return kInfo; }

bool Lsm6dsox::find() {
  uint8_t id = 0;
  return chip_.read(kWhoAmI, &id, 1) && id == 0x6c;
}

bool Lsm6dsox::start(uint32_t rateMilliHz) {
  const uint8_t code = kRateCodes[rateIndex(kInfo, rateMilliHz)];
  const bool set = chip_.write(kControl3, 0x44) && chip_.write(kFifoControl4, 0) &&
                   chip_.write(kAcceleration, static_cast<uint8_t>(code << 4 | 2 << 2)) &&
                   chip_.write(kRotation, static_cast<uint8_t>(code << 4 | 3 << 2)) &&
                   chip_.write(kFifoControl3, static_cast<uint8_t>(code << 4 | code));
  return set && chip_.write(kFifoControl4, 6);
}

void Lsm6dsox::stop() {
  chip_.write(kFifoControl4, 0);
  chip_.write(kRotation, 0);
  chip_.write(kAcceleration, 0);
}

uint32_t Lsm6dsox::waiting(bool* overran) {
  uint8_t status[2];
  *overran = false;
  if (!chip_.read(kFifoStatus1, status, sizeof status)) return 0;
  *overran = (status[1] & 0x48u) != 0;  // runs over now, or did since the last look
  return (status[0] | (status[1] & 0x03u) << 8) / 2;
}

bool Lsm6dsox::read(int16_t* frames, uint32_t count) {
  for (uint32_t frame = 0; frame < count; frame++, frames += kAxes) {
    uint8_t words[2 * kWordBytes];
    if (!chip_.read(kFifoTag, words, sizeof words)) return false;
    bool seen[2] = {false, false};
    for (uint32_t word = 0; word < 2; word++) {
      const uint8_t* bytes = words + word * kWordBytes;
      const uint8_t tag = bytes[0] >> 3;
      if (tag != kTagRotation && tag != kTagAcceleration) return false;
      seen[tag - 1] = true;
      int16_t* target = frames + (tag == kTagRotation ? 3 : 0);
      for (uint32_t axis = 0; axis < 3; axis++)
        target[axis] = static_cast<int16_t>(bytes[1 + 2 * axis] | bytes[2 + 2 * axis] << 8);
    }
    if (!seen[0] || !seen[1]) return false;
  }
  return true;
}

}  // namespace board
}  // namespace dormouse
