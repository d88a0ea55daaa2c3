/**
 * Registers and figures as in ST's data sheet DocID025715. Set to +-4 g and +-2000 deg/s. With rotation on,
 * both sensors run at its rate. The FIFO holds 32 frames and runs in continuous mode.
 */
#include "imu_lsm9ds1.h"

namespace dormouse {
namespace board {

enum Register : uint8_t {
  kWhoAmI = 0x0f,
  kRotation =
      0x10,  // rate in bits 7:5, range in bits 4:3: 3 = 2000 deg/s, bandwidth in bits 1:0: 3 = the widest
  kRotationOut = 0x18,
  kAcceleration = 0x20,  // rate in bits 7:5, range in bits 4:3: 2 = 4 g
  kControl8 = 0x22,      // bit 6: both bytes of a value are of one moment; bit 2: addresses count up
  kControl9 = 0x23,      // bit 1: FIFO on
  kAccelerationOut = 0x28,
  kFifoControl = 0x2e,  // mode in bits 7:5: 0 = off and empty, 6 = continuous
  kFifoSource = 0x2f,   // bit 6: overrun; bits 5:0: frames waiting
};

// As the chip's register reads in the core's libraries do: bit 7 of the address asks for the next registers
// too.
static const uint8_t kCountUp = 0x80;

// Sensitivities: 0.122 mg and 70 mdeg/s per digit. (2000 deg/s is the range that is promised, not the full
// scale.)
static const float kAccelerationScale = 0.122e-3f * 9.80665f;
static const float kRotationScale = 0.070f;
static const device::Axis kAxisList[] = {
    {"accX", "m/s2", kAccelerationScale}, {"accY", "m/s2", kAccelerationScale},
    {"accZ", "m/s2", kAccelerationScale}, {"gyrX", "deg/s", kRotationScale},
    {"gyrY", "deg/s", kRotationScale},    {"gyrZ", "deg/s", kRotationScale}};
static const uint32_t kRates[] = {119000, 14900, 59500, 238000, 476000};
static const uint8_t kRateCodes[] = {3, 1, 2, 4, 5};
static const device::SensorInfo kInfo = {"imu", device::SensorKind::kMotion, Imu::kAxes, 5, kAxisList,
                                         kRates};

const device::SensorInfo& Lsm9ds1::info() const { return kInfo; }

bool Lsm9ds1::find() {
  uint8_t id = 0;
  return chip_.read(kWhoAmI, &id, 1) && id == 0x68;
}

bool Lsm9ds1::start(uint32_t rateMilliHz) {
  const uint8_t code = kRateCodes[rateIndex(kInfo, rateMilliHz)];
  const bool set = chip_.write(kControl8, 0x44) && chip_.write(kFifoControl, 0) &&
                   chip_.write(kControl9, 0x02) &&
                   chip_.write(kAcceleration, static_cast<uint8_t>(code << 5 | 2 << 3)) &&
                   chip_.write(kRotation, static_cast<uint8_t>(code << 5 | 3 << 3 | 3));
  return set && chip_.write(kFifoControl, 6 << 5);
}

void Lsm9ds1::stop() {
  chip_.write(kFifoControl, 0);
  chip_.write(kRotation, 0);
  chip_.write(kAcceleration, 0);
}

uint32_t Lsm9ds1::waiting(bool* overran) {
  uint8_t source = 0;
  *overran = false;
  if (!chip_.read(kFifoSource, &source, 1)) return 0;
  *overran = (source & 0x40) != 0;
  return source & 0x3f;
}

bool Lsm9ds1::read(int16_t* frames, uint32_t count) {
  for (uint32_t frame = 0; frame < count; frame++, frames += kAxes) {
    uint8_t bytes[2 * kAxes];
    if (!chip_.read(kRotationOut | kCountUp, bytes + kAxes, kAxes)) return false;
    if (!chip_.read(kAccelerationOut | kCountUp, bytes, kAxes)) return false;
    for (uint32_t axis = 0; axis < kAxes; axis++)
      frames[axis] = static_cast<int16_t>(bytes[2 * axis] | bytes[2 * axis + 1] << 8);
  }
  return true;
}

}  // namespace board
}  // namespace dormouse
