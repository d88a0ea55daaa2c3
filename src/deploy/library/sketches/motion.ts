/** Arduino sketches that feed the library from motion sensors: those on boards, and an MPU-6050 on the others' wires. */
import { boardById } from '../../../boards';
import { plainText } from '../c-text';
import type { LibraryModel } from '../model';
import { begin, report, stop, type Sketch } from './common';

interface MotionBoard {
  readonly name: string;
  readonly board: string;
  /** What the library manager must install; none: "". */
  readonly library: string;
  readonly declare: string;
  readonly begin: string;
  /** Statements that leave new values in ax, ay, az (g) and gx, gy, gz (degrees a second), where there are any. */
  readonly read: string;
}

/** Arduino's own motion libraries look all alike. */
const arduinoImu = (name: string, board: string, library: string): MotionBoard => ({
  name,
  board,
  library,
  declare: `#include <${library}.h>`,
  begin: '  if (!IMU.begin()) stop("The motion sensor does not answer.");',
  read: `  if (IMU.accelerationAvailable()) IMU.readAcceleration(ax, ay, az);
  if (IMU.gyroscopeAvailable()) IMU.readGyroscope(gx, gy, gz);`,
});

/** By its registers, so that no library is needed. */
const mpu6050 = (name: string, board: string, pins: string): MotionBoard => ({
  name,
  board: `${board} with an MPU-6050 on I2C (${pins})`,
  library: '',
  declare: `#include <Wire.h>

static const uint8_t kChip = 0x68;

static bool set(uint8_t place, uint8_t value) {
  Wire.beginTransmission(kChip);
  Wire.write(place);
  Wire.write(value);
  return Wire.endTransmission() == 0;
}

// Acceleration, temperature, rotation, from register 0x3B on: 7 values, high byte first.
static bool readChip(int16_t* values) {
  Wire.beginTransmission(kChip);
  Wire.write(static_cast<uint8_t>(0x3B));
  if (Wire.endTransmission(false) != 0 || Wire.requestFrom(kChip, static_cast<uint8_t>(14)) != 14) return false;
  for (int i = 0; i < 7; i++) {
    const int high = Wire.read();
    values[i] = static_cast<int16_t>((high << 8) | Wire.read());
  }
  return true;
}`,
  begin: `  Wire.begin();
  Wire.setClock(400000);
  // Awake, low-pass at 44 Hz, 2000 degrees a second, 4 g.
  if (!set(0x6B, 1) || !set(0x1A, 3) || !set(0x1B, 0x18) || !set(0x1C, 0x08)) stop("The motion sensor does not answer.");`,
  read: `  int16_t values[7];
  if (readChip(values)) {
    ax = values[0] / 8192.0f, ay = values[1] / 8192.0f, az = values[2] / 8192.0f;
    gx = values[4] / 16.4f, gy = values[5] / 16.4f, gz = values[6] / 16.4f;
  }`,
});

const motionBoards: readonly MotionBoard[] = [
  arduinoImu('Nano33BLESense_Rev2', 'Arduino Nano 33 BLE Sense Rev2', 'Arduino_BMI270_BMM150'),
  arduinoImu('Nano33BLESense_Rev1', 'Arduino Nano 33 BLE Sense (the first one)', 'Arduino_LSM9DS1'),
  arduinoImu('Nicla_Vision_Motion', 'Arduino Nicla Vision', 'Arduino_LSM6DSOX'),
  {
    name: 'XIAO_nRF52840_Sense',
    board: boardById('xiao-nrf52840-sense')?.name ?? 'Seeed XIAO nRF52840 Sense',
    library: 'Seeed Arduino LSM6DS3',
    declare: '#include <LSM6DS3.h>\n#include <Wire.h>\n\nstatic LSM6DS3 imu(I2C_MODE, 0x6A);',
    begin: '  if (imu.begin() != 0) stop("The motion sensor does not answer.");',
    read: `  ax = imu.readFloatAccelX(), ay = imu.readFloatAccelY(), az = imu.readFloatAccelZ();
  gx = imu.readFloatGyroX(), gy = imu.readFloatGyroY(), gz = imu.readFloatGyroZ();`,
  },
  mpu6050('Pico_MPU6050', 'Raspberry Pi Pico', 'SDA GP4, SCL GP5'),
  mpu6050('ESP32_MPU6050', 'ESP32, or Seeed XIAO ESP32S3', 'SDA 21, SCL 22; of the XIAO 5 and 6'),
];

/** What a motion sensor offers for an axis of the model; undefined where it has no such thing. */
function motionValue(axis: string, unit: string): string | undefined {
  const found = /^(acc|gyr)(?:o|el)?[ _-]?([xyz])$/i.exec(axis);
  if (!found) return undefined;
  const acceleration = found[1].toLowerCase() === 'acc';
  const value = `${acceleration ? 'a' : 'g'}${found[2].toLowerCase()}`;
  const factors: Readonly<Record<string, string>> = acceleration
    ? { 'm/s2': ' * 9.80665f', 'm/s^2': ' * 9.80665f', g: '', mg: ' * 1000.0f', '': ' * 9.80665f' }
    : { 'deg/s': '', dps: '', 'rad/s': ' * 0.01745329f', '': '' };
  return unit in factors ? value + factors[unit] : undefined;
}

function motionSketch(model: LibraryModel, on: MotionBoard): Sketch {
  const { axes, units } = model.manifest;
  const values = axes.map((axis, i) => motionValue(axis, units[i] ?? ''));
  const lacking = axes.filter((_, i) => values[i] === undefined).map(plainText);
  return {
    name: on.name,
    board: on.board,
    text: `// ${on.board}: says what its motion sensor feels.${on.library ? ` Needs the library ${on.library}.` : ''}
#include <${model.name}.h>

${on.declare}
${lacking.length > 0 ? `\n#error "This sensor does not measure ${lacking.join(', ').replaceAll('"', "'")} as the model wants it: put the values in below, then delete this line."\n` : ''}
${stop}

${report(model)}

void setup() {
${begin}
${on.begin}
}

void loop() {
  // Frames at the model's own rate, whatever the sensor's is: until it has a new value the last one stands.
  static unsigned long last = 0;
  static float ax = 0.0f, ay = 0.0f, az = 0.0f, gx = 0.0f, gy = 0.0f, gz = 0.0f;
  const unsigned long period = static_cast<unsigned long>(1000000.0f / dormouse_model::kRateHz);
  if (micros() - last < period) return;
${on.read}
  last += period;
  if (micros() - last > 10 * period) {
    // Too late to catch up: what was pushed so far does not belong together with what comes.
    last = micros();
    dormouse_model::reset();
  }
  (void)ax, (void)ay, (void)az, (void)gx, (void)gy, (void)gz;
  const float frame[dormouse_model::kAxes] = {${values.map((value) => value ?? '0.0f').join(', ')}};
  dormouse_model::Result result;
  if (dormouse_model::push(frame) && dormouse_model::classify(&result) == dormouse_model::Status::kOk) report(result);
}
`,
  };
}

export const motionSketches = (model: LibraryModel): Sketch[] =>
  motionBoards.map((board) => motionSketch(model, board));
