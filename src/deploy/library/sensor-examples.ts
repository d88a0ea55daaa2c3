/** Arduino sketches that feed the library from a board's own sensors. */
import { boardById } from '../../boards';
import { shapeOf, type LibraryModel } from './model';
import { plainText } from './c-text';
import { hasObjects } from './model';

export interface Sketch {
  /** Of the folder and the .ino. */
  readonly name: string;
  readonly text: string;
}

const report = (model: LibraryModel): string =>
  hasObjects(model)
    ? `static void report() {
  uint32_t cell = 0;
  dormouse_model::Object object;
  while (dormouse_model::nextObject(&cell, &object)) {
    Serial.print(object.name);
    Serial.print(" at ");
    Serial.print(object.x, 2);
    Serial.print(", ");
    Serial.println(object.y, 2);
  }
}`
    : `static void report(const dormouse_model::Result& result) {
  if (result.label == dormouse_model::kNothing) return;
  Serial.print(result.name);
  if (result.label >= 0) {
    Serial.print(" ");
    Serial.print(result.scores[result.label], 2);
  }
  Serial.println();
}`;

const begin = `  Serial.begin(115200);
  if (dormouse_model::init() != dormouse_model::Status::kOk) stop("The model cannot be run.");`;

const stop = `static void stop(const char* why) {
  for (;;) {
    Serial.println(why);
    delay(1000);
  }
}`;

interface MotionBoard {
  readonly name: string;
  readonly board: string;
  readonly libraries: string;
  readonly includes: string;
  readonly begin: string;
  /** Statements that leave ax, ay, az in g and gx, gy, gz in degrees a second, or return without a new value. */
  readonly read: string;
}

const motionBoards: readonly MotionBoard[] = [
  {
    name: 'Nano33BLESense_Rev2',
    board: 'Arduino Nano 33 BLE Sense Rev2',
    libraries: 'Arduino_BMI270_BMM150',
    includes: '#include <Arduino_BMI270_BMM150.h>',
    begin: '  if (!IMU.begin()) stop("The motion sensor does not answer.");',
    read: `  if (!IMU.accelerationAvailable() || !IMU.gyroscopeAvailable()) return;
  float ax, ay, az, gx, gy, gz;
  IMU.readAcceleration(ax, ay, az);
  IMU.readGyroscope(gx, gy, gz);`,
  },
  {
    name: 'Nano33BLESense_Rev1',
    board: 'Arduino Nano 33 BLE Sense (the first one)',
    libraries: 'Arduino_LSM9DS1',
    includes: '#include <Arduino_LSM9DS1.h>',
    begin: '  if (!IMU.begin()) stop("The motion sensor does not answer.");',
    read: `  if (!IMU.accelerationAvailable() || !IMU.gyroscopeAvailable()) return;
  float ax, ay, az, gx, gy, gz;
  IMU.readAcceleration(ax, ay, az);
  IMU.readGyroscope(gx, gy, gz);`,
  },
  {
    name: 'XIAO_nRF52840_Sense',
    board: boardById('xiao-nrf52840-sense')?.name ?? 'Seeed XIAO nRF52840 Sense',
    libraries: 'Seeed Arduino LSM6DS3',
    includes: '#include <LSM6DS3.h>\n#include <Wire.h>\n\nstatic LSM6DS3 imu(I2C_MODE, 0x6A);',
    begin: '  if (imu.begin() != 0) stop("The motion sensor does not answer.");',
    read: `  const float ax = imu.readFloatAccelX(), ay = imu.readFloatAccelY(), az = imu.readFloatAccelZ();
  const float gx = imu.readFloatGyroX(), gy = imu.readFloatGyroY(), gz = imu.readFloatGyroZ();`,
  },
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
    text: `// ${on.board}: says what its motion sensor feels. Needs the library ${on.libraries}.
#include <${model.name}.h>

${on.includes}
${lacking.length > 0 ? `\n#error "This sensor does not measure ${lacking.join(', ').replaceAll('"', "'")} as the model wants it: put the values in below, then delete this line."\n` : ''}
${stop}

${report(model)}

void setup() {
${begin}
${on.begin}
}

void loop() {
  // Frames at the model's own rate, whatever the sensor's is.
  static unsigned long last = 0;
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

function soundSketch(model: LibraryModel, name: string, board: string): Sketch {
  const streams = model.way === 'sound';
  const feed = streams
    ? `  for (uint32_t at = 0; at < count;) {
    at += dormouse_model::push(samples + at, count - at);
    if (!dormouse_model::ready()) continue;
    dormouse_model::Result result;
    if (dormouse_model::classify(&result) == dormouse_model::Status::kOk) report(result);
  }`
    : `  for (uint32_t at = 0; at < count; at++) {
    const float frame[1] = {static_cast<float>(samples[at])};
    dormouse_model::Result result;
    if (dormouse_model::push(frame) && dormouse_model::classify(&result) == dormouse_model::Status::kOk) report(result);
  }`;
  return {
    name,
    text: `// ${board}: says what its microphone hears.
#include <PDM.h>
#include <${model.name}.h>

static const uint32_t kRate = ${Math.round(shapeOf(model.manifest).rateHz)};
static_assert(kRate == 16000 || kRate == 41667, "The PDM microphone gives 16000 or 41667 samples a second.");

// What the microphone's interrupt fills and loop() empties: a power of two of samples.
enum : uint32_t { kRing = 4096 };
static int16_t ring[kRing];
static volatile uint32_t written = 0;
static uint32_t read_ = 0;

${stop}

${report(model)}

static void hear() {
  int16_t samples[256];
  int bytes = PDM.available();
  while (bytes > 0) {
    const int most = bytes < static_cast<int>(sizeof samples) ? bytes : static_cast<int>(sizeof samples);
    const int got = PDM.read(samples, static_cast<size_t>(most)) / 2;
    if (got <= 0) return;
    uint32_t at = written;
    for (int i = 0; i < got; i++) ring[at++ % kRing] = samples[i];
    written = at;
    bytes -= 2 * got;
  }
}

void setup() {
${begin}
  PDM.onReceive(hear);
  if (!PDM.begin(1, kRate)) stop("The microphone does not start.");
}

void loop() {
  const uint32_t there = written - read_;
  if (there > kRing - 512) {
    // Sound was lost: the model is slower than the sound. What comes does not follow on what was.
    read_ = written;
    dormouse_model::reset();
    return;
  }
  if (there == 0) return;
  const uint32_t from = read_ % kRing;
  const uint32_t count = there < kRing - from ? there : kRing - from;
  const int16_t* const samples = ring + from;
${feed}
  read_ += count;
}
`,
  };
}

interface CameraBoard {
  readonly name: string;
  readonly board: string;
  readonly include: string;
  readonly sensor: string;
  readonly mode: string;
  readonly format: string;
}

const cameraBoards: readonly CameraBoard[] = [
  {
    name: 'Nicla_Vision',
    board: 'Arduino Nicla Vision',
    include: 'gc2145.h',
    sensor: 'GC2145',
    mode: 'CAMERA_RGB565',
    format: 'kRgb565',
  },
  {
    name: 'Portenta_H7_Vision_Shield',
    board: 'Arduino Portenta H7 with the Vision Shield',
    include: 'himax.h',
    sensor: 'HM01B0',
    mode: 'CAMERA_GRAYSCALE',
    format: 'kGray8',
  },
];

function cameraSketch(model: LibraryModel, on: CameraBoard): Sketch {
  return {
    name: on.name,
    text: `// ${on.board}: says what its camera sees.
#include <${model.name}.h>
#include <camera.h>
#include <${on.include}>

static ${on.sensor} sensor;
static Camera camera(sensor);
static FrameBuffer frame;

${stop}

${report(model)}

void setup() {
${begin}
  if (!camera.begin(CAMERA_R320x240, ${on.mode}, 15)) stop("The camera does not start.");
}

void loop() {
  if (camera.grabFrame(frame, 3000) != 0) return;
  const dormouse_model::Picture picture = {frame.getBuffer(), 320, 240, dormouse_model::PixelFormat::${on.format}};
  dormouse_model::Result result;
  if (dormouse_model::classify(picture, &result) == dormouse_model::Status::kOk) report(${hasObjects(model) ? '' : 'result'});
}
`,
  };
}

/** The sketches for the sensor that the model was taught with. */
export function sensorSketches(model: LibraryModel): Sketch[] {
  const { sensor } = model.manifest;
  if (sensor === 'camera') return cameraBoards.map((board) => cameraSketch(model, board));
  if (sensor === 'motion') return motionBoards.map((board) => motionSketch(model, board));
  if (model.manifest.axes.length !== 1) return [];
  return [
    soundSketch(model, 'Nano33BLESense_Microphone', 'Arduino Nano 33 BLE Sense, Rev1 and Rev2'),
    soundSketch(model, 'XIAO_nRF52840_Sense_Microphone', 'Seeed XIAO nRF52840 Sense'),
  ];
}
