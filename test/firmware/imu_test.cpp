// The motion chips' drivers against chips that keep the data sheets' rules: registers, rates, FIFO order,
// overruns.
#include "../../firmware/dormouse/imu_lsm6ds3.h"
#include "../../firmware/dormouse/imu_lsm6dsox.h"
#include "../../firmware/dormouse/imu_lsm9ds1.h"
#include "../../firmware/dormouse/imu_mpu6050.h"
#include "../../firmware/dormouse/motion_sensor.h"

#include <math.h>
#include <string.h>

#include "check.h"

using namespace dormouse;
using namespace dormouse::board;

namespace {

// What frame number k holds: acceleration 10k+1 to 10k+3, rotation 10k+4 to 10k+6.
int16_t valueOf(uint32_t frame, uint32_t axis) { return static_cast<int16_t>(10 * frame + axis + 1); }

class Clock : public device::Clock {
 public:
  Clock() : now(0) {}
  uint64_t micros() override { return now; }
  uint32_t ticks() override { return static_cast<uint32_t>(now); }
  uint64_t now;
};

/** A chip with a FIFO of whole frames. */
class Chip : public Registers {
 public:
  Chip() : made(0), first(0), overwritten(false), answers(true) { memset(registers, 0, sizeof registers); }

  void make(uint32_t frames, uint32_t capacity) {
    made += frames;
    if (made - first <= capacity) return;
    first = made - capacity;
    overwritten = true;
  }
  void empty() {
    first = made;
    overwritten = false;
  }
  bool write(uint8_t reg, uint8_t value) override {
    if (!answers) return false;
    CHECK(reg < sizeof registers);
    registers[reg] = value;
    written(reg, value);
    return true;
  }
  virtual void written(uint8_t reg, uint8_t value) = 0;

  uint32_t made;   // frames since power-up
  uint32_t first;  // the oldest in the FIFO
  bool overwritten;
  bool answers;
  uint8_t registers[128];

 protected:
  ~Chip() {}
};

void store(uint8_t* bytes, int16_t value) {
  bytes[0] = static_cast<uint8_t>(value & 0xff);
  bytes[1] = static_cast<uint8_t>((value >> 8) & 0xff);
}

/** LSM6DS3TR-C: 2048 words; rotation first; FIFO data registers that a burst goes round in. */
class FifoChip : public Chip {
 public:
  enum : uint32_t { kFrames = 341 };
  FifoChip() : word(0) { registers[0x0f] = 0x6a; }

  void written(uint8_t reg, uint8_t value) override {
    if (reg == 0x0a && (value & 7) == 0) {
      empty();
      word = 0;
    }
  }
  bool read(uint8_t from, uint8_t* bytes, uint8_t count) override {
    if (!answers) return false;
    CHECK(count <= kMostBytes);
    if (from == 0x3a) {
      const uint32_t words = (made - first) * 6 - word;
      bytes[0] = static_cast<uint8_t>(words & 0xff);
      bytes[1] = static_cast<uint8_t>(words >> 8 | (overwritten ? 0x40u : 0u));
      if (count > 2) bytes[2] = static_cast<uint8_t>(word);
      if (count > 3) bytes[3] = 0;
    } else if (from == 0x3e) {
      for (uint32_t i = 0; i + 1 < count; i += 2) {
        CHECK(first < made);
        store(bytes + i, valueOf(first, word < 3 ? word + 3 : word - 3));
        if (++word == 6) {
          word = 0;
          first++;
        }
      }
    } else {
      memcpy(bytes, registers + from, count);
    }
    return true;
  }

  uint32_t word;  // which value of the oldest frame is read next
};

/** LSM9DS1: 32 frames; a frame is gone from the FIFO once its rotation and its acceleration were read. */
class PairChip : public Chip {
 public:
  enum : uint32_t { kFrames = 32 };
  PairChip() : read_(0) { registers[0x0f] = 0x68; }

  void written(uint8_t reg, uint8_t value) override {
    if (reg == 0x2e && value == 0) empty();
  }
  bool read(uint8_t from, uint8_t* bytes, uint8_t count) override {
    if (!answers) return false;
    const uint8_t reg = from & 0x7f;
    CHECK(count == 1 || (from & 0x80) != 0);
    if (reg == 0x2f) {
      bytes[0] = static_cast<uint8_t>((made - first) | (overwritten ? 0x40u : 0u));
    } else if (reg == 0x18 || reg == 0x28) {
      CHECK(count == 6 && first < made);
      for (uint32_t i = 0; i < 3; i++) store(bytes + 2 * i, valueOf(first, (reg == 0x18 ? 3 : 0) + i));
      read_ |= reg == 0x18 ? 1u : 2u;
      if (read_ == 3) {
        read_ = 0;
        first++;
      }
    } else {
      memcpy(bytes, registers + reg, count);
    }
    return true;
  }

 private:
  uint32_t read_;
};

/** LSM6DSOX: words of a tag and three values, rotation and acceleration in turn. */
class TagChip : public Chip {
 public:
  enum : uint32_t { kFrames = 219 };
  TagChip() { registers[0x0f] = 0x6c; }

  void written(uint8_t reg, uint8_t value) override {
    if (reg == 0x0a && (value & 7) == 0) empty();
  }
  bool read(uint8_t from, uint8_t* bytes, uint8_t count) override {
    if (!answers) return false;
    CHECK(count <= kMostBytes);
    if (from == 0x3a) {
      const uint32_t words = (made - first) * 2;
      bytes[0] = static_cast<uint8_t>(words & 0xff);
      if (count > 1) bytes[1] = static_cast<uint8_t>(words >> 8 | (overwritten ? 0x48u : 0u));
    } else if (from == 0x78) {
      CHECK(count % 14 == 0);
      for (uint32_t i = 0; i < count; i += 7) {
        CHECK(first < made);
        const bool rotation = i % 14 == 0;
        bytes[i] = rotation ? 1 << 3 : 2 << 3;
        for (uint32_t axis = 0; axis < 3; axis++)
          store(bytes + i + 1 + 2 * axis, valueOf(first, axis + (rotation ? 3 : 0)));
        if (!rotation) first++;
      }
    } else {
      memcpy(bytes, registers + from, count);
    }
    return true;
  }
};

/** MPU-6050: 1024 bytes, the high byte of each value first. */
class ByteChip : public Chip {
 public:
  enum : uint32_t { kFrames = 85 };
  ByteChip() {
    registers[0x75] = 0x68;
    registers[0x6b] = 0x40;
  }

  void written(uint8_t reg, uint8_t value) override {
    if (reg == 0x6a && (value & 4) != 0) empty();
  }
  bool read(uint8_t from, uint8_t* bytes, uint8_t count) override {
    if (!answers) return false;
    CHECK(count <= kMostBytes);
    if (from == 0x72) {
      const uint32_t waiting = overwritten ? 1024 : (made - first) * 12;
      bytes[0] = static_cast<uint8_t>(waiting >> 8);
      if (count > 1) bytes[1] = static_cast<uint8_t>(waiting & 0xff);
    } else if (from == 0x74) {
      CHECK(count % 12 == 0 && (registers[0x6b] & 0x40) == 0);
      for (uint32_t i = 0; i < count; i += 2) {
        CHECK(first < made);
        const int16_t value = valueOf(first, i / 2 % 6);
        bytes[i] = static_cast<uint8_t>((value >> 8) & 0xff);
        bytes[i + 1] = static_cast<uint8_t>(value & 0xff);
        if (i % 12 == 10) first++;
      }
    } else {
      memcpy(bytes, registers + from, count);
    }
    return true;
  }
};

void checkScales(const device::SensorInfo& info, double acceleration = 0.000122 * 9.80665,
                 double rotation = 0.070) {
  static const char* const names[] = {"accX", "accY", "accZ", "gyrX", "gyrY", "gyrZ"};
  CHECK(info.axisCount == 6 && info.kind == device::SensorKind::kMotion);
  for (uint32_t axis = 0; axis < 6; axis++) {
    CHECK(strcmp(info.axes[axis].name, names[axis]) == 0);
    CHECK(strcmp(info.axes[axis].units, axis < 3 ? "m/s2" : "deg/s") == 0);
    const double wanted = axis < 3 ? acceleration : rotation;
    CHECK(fabs(static_cast<double>(info.axes[axis].scale) / wanted - 1) < 1e-6);
  }
}

/** The rate's code as the chip has it, found in both of its rate registers. */
void checkRates(Imu& imu, Chip& chip, uint8_t acceleration, uint8_t rotation, int shift) {
  uint32_t last = 0;
  const device::SensorInfo& info = imu.info();
  CHECK(nearestRate(info, 1) < info.ratesMilliHz[0]);
  CHECK(nearestRate(info, info.ratesMilliHz[0] + 1000) == info.ratesMilliHz[0]);
  for (uint32_t code = 1; code <= info.rateCount; code++) {
    // Codes count up from 1 with the rate.
    uint32_t rate = 0xffffffffu;
    for (uint32_t i = 0; i < info.rateCount; i++) {
      if (info.ratesMilliHz[i] > last && info.ratesMilliHz[i] < rate) rate = info.ratesMilliHz[i];
    }
    last = rate;
    CHECK(imu.start(rate));
    CHECK(static_cast<uint32_t>(chip.registers[acceleration] >> shift) == code);
    CHECK(static_cast<uint32_t>(chip.registers[rotation] >> shift) == code);
  }
  imu.stop();
  CHECK(chip.registers[acceleration] == 0 && chip.registers[rotation] == 0);
}

/** Runs the sensor for `periods` of the chip, looking now and then, and takes all frames in order. */
template <class AnyChip>
void checkStream(Imu& imu, AnyChip& chip) {
  Clock clock;
  static MotionSensor sensor;
  sensor.begin(&imu, &clock);
  const uint32_t rate = sensor.start(imu.info().ratesMilliHz[0]);
  CHECK(rate == imu.info().ratesMilliHz[0]);
  const uint64_t period = 1000000000u / rate;
  uint32_t expected = 0;
  uint32_t taken = 0;
  for (uint32_t step = 0; step < 2000; step++) {
    // Now and then the loop is busy for ten periods, as while a model runs.
    const uint32_t frames = step % 37 == 36 ? 10 : 1;
    clock.now += frames * period;
    chip.make(frames, AnyChip::kFrames);
    sensor.poll();
    const int16_t* values;
    uint32_t index;
    for (uint32_t count = sensor.ring().peek(&values, &index); count > 0;
         count = sensor.ring().peek(&values, &index)) {
      for (uint32_t i = 0; i < count; i++) {
        const uint32_t frame = static_cast<uint32_t>(values[i * 6] - 1) / 10;
        if (taken == 0) {
          expected = frame;
          CHECK(expected * period >= MotionSensor::kSettlingMicros);
        }
        for (uint32_t axis = 0; axis < 6; axis++) CHECK(values[i * 6 + axis] == valueOf(expected, axis));
        // Stamped with the moment at which the chip made it: frame k was made at (k + 1) periods.
        const uint64_t made = (expected + 1) * period;
        const uint64_t said = sensor.ring().microsAt(index + i, rate);
        CHECK(said + period >= made && made + period >= said);
        expected++;
        taken++;
      }
      sensor.ring().take(count);
    }
  }
  CHECK(taken > 1900 && sensor.ring().dropped() == 0);
  CHECK(expected == chip.made);

  // The loop stands still for longer than the FIFO lasts: a gap of so many frames, then whole, new ones.
  const int16_t* values;
  uint32_t index;
  clock.now += 1000 * period;
  chip.make(1000, AnyChip::kFrames);
  sensor.poll();
  CHECK(sensor.ring().waiting() == 0);
  CHECK(sensor.ring().dropped() >= 999 && sensor.ring().dropped() <= 1001);
  clock.now += 3 * period;
  chip.make(3, AnyChip::kFrames);
  sensor.poll();
  CHECK(sensor.ring().peek(&values, &index) == 3);
  CHECK(index == taken + sensor.ring().dropped());
  for (uint32_t i = 0; i < 18; i++) CHECK(values[i] == valueOf(chip.made - 3 + i / 6, i % 6));
  sensor.ring().take(3);

  sensor.stop();
  clock.now += 100 * period;
  chip.make(10, AnyChip::kFrames);
  sensor.poll();
  CHECK(sensor.ring().waiting() == 0);
  chip.answers = false;
  CHECK(sensor.start(rate) == 0);
}

}  // namespace

int main() {
  static FifoChip fifoChip;
  Lsm6ds3 lsm6ds3(fifoChip);
  CHECK(lsm6ds3.find());
  checkScales(lsm6ds3.info());
  checkRates(lsm6ds3, fifoChip, 0x10, 0x11, 4);
  CHECK(lsm6ds3.start(104000));
  CHECK((fifoChip.registers[0x10] & 0x0f) == 0x08 && (fifoChip.registers[0x11] & 0x0f) == 0x0c);
  checkStream(lsm6ds3, fifoChip);
  CHECK(!lsm6ds3.find());

  // A FIFO that is out of step by a value is put right again.
  fifoChip.answers = true;
  CHECK(lsm6ds3.start(104000));
  fifoChip.make(2, FifoChip::kFrames);
  fifoChip.word = 1;
  bool overran = false;
  lsm6ds3.waiting(&overran);
  CHECK(overran);

  static PairChip pairChip;
  Lsm9ds1 lsm9ds1(pairChip);
  CHECK(lsm9ds1.find());
  checkScales(lsm9ds1.info());
  checkRates(lsm9ds1, pairChip, 0x20, 0x10, 5);
  CHECK(lsm9ds1.start(119000));
  CHECK((pairChip.registers[0x20] & 0x1f) == 0x10 && (pairChip.registers[0x10] & 0x1f) == 0x1b);
  CHECK(pairChip.registers[0x2e] == 0xc0 && (pairChip.registers[0x23] & 2) != 0);
  checkStream(lsm9ds1, pairChip);

  static TagChip tagChip;
  Lsm6dsox lsm6dsox(tagChip);
  CHECK(lsm6dsox.find());
  checkScales(lsm6dsox.info());
  checkRates(lsm6dsox, tagChip, 0x10, 0x11, 4);
  CHECK(lsm6dsox.start(104000));
  CHECK(tagChip.registers[0x09] == 0x44 && tagChip.registers[0x0a] == 6);
  checkStream(lsm6dsox, tagChip);

  static ByteChip byteChip;
  Mpu6050 mpu6050(byteChip);
  CHECK(mpu6050.find());
  CHECK((byteChip.registers[0x6b] & 0x40) == 0);
  checkScales(mpu6050.info(), 9.80665 / 8192, 1 / 16.4);
  for (uint32_t i = 0; i < mpu6050.info().rateCount; i++) {
    const uint32_t rate = mpu6050.info().ratesMilliHz[i];
    CHECK(mpu6050.start(rate));
    CHECK(1000000u / (1u + byteChip.registers[0x19]) == rate);
  }
  CHECK(byteChip.registers[0x1b] == 3 << 3 && byteChip.registers[0x1c] == 1 << 3);
  checkStream(mpu6050, byteChip);
  return check::result();
}
