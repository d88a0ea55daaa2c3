/** Arduino sketches that feed the library from microphones. */
import { shapeOf, type LibraryModel } from '../model';
import { begin, report, stop, type Sketch } from './common';

/** Statements that feed `count` of `samples`. */
const feed = (model: LibraryModel): string =>
  model.way === 'sound'
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

const top = (
  model: LibraryModel,
  board: string,
  include: string,
): string => `// ${board}: says what its microphone hears.
#include <${include}>
#include <${model.name}.h>

static const uint32_t kRate = ${Math.round(shapeOf(model.manifest).rateHz)};`;

/** Through the PDM library that comes with a board's core: its interrupt fills a ring, loop() empties it. */
function pdmSketch(model: LibraryModel, name: string, board: string): Sketch {
  return {
    name,
    board,
    text: `${top(model, board, 'PDM.h')}
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
${feed(model)}
  read_ += count;
}
`,
  };
}

interface DriverBoard {
  readonly name: string;
  readonly board: string;
  readonly include: string;
  readonly declare: string;
  readonly begin: string;
  /** The body of `uint32_t hear(int16_t* samples)`: up to kMost of what has come, without waiting. */
  readonly hear: string;
  /** C++: for how many milliseconds the driver keeps sound that nobody fetches. */
  readonly keeps: string;
}

// arduino-esp32's driver has 6 buffers of 240 samples.
const espKeeps = '6 * 240 * 1000 / kRate';

const driverBoards: readonly DriverBoard[] = [
  {
    name: 'XIAO_ESP32S3_Sense_Microphone',
    board: 'Seeed XIAO ESP32S3 Sense (arduino-esp32 3.x)',
    include: 'ESP_I2S.h',
    declare: 'static I2SClass microphone;',
    begin: `  microphone.setPinsPdmRx(42, 41);
  microphone.setTimeout(0);
  const bool on = microphone.begin(I2S_MODE_PDM_RX, kRate, I2S_DATA_BIT_WIDTH_16BIT, I2S_SLOT_MODE_MONO);`,
    hear: '  return microphone.readBytes(reinterpret_cast<char*>(samples), 2 * kMost) / 2;',
    keeps: espKeeps,
  },
  {
    name: 'ESP32_INMP441_Microphone',
    board: 'ESP32 with an INMP441 on I2S: SCK 14, WS 15, SD 32, L/R to ground (arduino-esp32 3.x)',
    include: 'ESP_I2S.h',
    declare: 'static I2SClass microphone;',
    begin: `  microphone.setPins(14, 15, -1, 32);
  microphone.setTimeout(0);
  const bool on = microphone.begin(I2S_MODE_STD, kRate, I2S_DATA_BIT_WIDTH_32BIT, I2S_SLOT_MODE_MONO);`,
    hear: `  static int32_t words[kMost];
  const uint32_t count = microphone.readBytes(reinterpret_cast<char*>(words), sizeof words) / 4;
  for (uint32_t i = 0; i < count; i++) {
    // 24 bits at the top of each word; speech is quiet: 4 times louder.
    const int32_t sound = words[i] / 16384;
    samples[i] = static_cast<int16_t>(sound > 32767 ? 32767 : sound < -32768 ? -32768 : sound);
  }
  return count;`,
    keeps: espKeeps,
  },
  {
    name: 'Pico_Analog_Microphone',
    board: "Raspberry Pi Pico with a MAX4466 or MAX9814 on GP26 (Earle Philhower's core)",
    include: 'ADCInput.h',
    declare: 'static ADCInput microphone(26);',
    begin: `  microphone.setBuffers(8, 256);
  const bool on = microphone.begin(static_cast<long>(kRate));`,
    hear: `  // 12 bits around half of the supply; the rest is taken off by a slow high-pass.
  static int32_t level = 2048 * 65536;
  uint32_t count = 0;
  for (; count < kMost && microphone.available() > 0; count++) {
    const int32_t value = (microphone.read() & 0xFFF) * 65536;
    level += (value - level) / 512;
    const int32_t sound = (value - level) / 4096;
    samples[count] = static_cast<int16_t>(sound > 32767 ? 32767 : sound < -32768 ? -32768 : sound);
  }
  return count;`,
    // 8 buffers of 256 words of two samples.
    keeps: '8 * 512 * 1000 / kRate',
  },
];

function driverSketch(model: LibraryModel, on: DriverBoard): Sketch {
  return {
    name: on.name,
    board: on.board,
    text: `${top(model, on.board, on.include)}
enum : uint32_t { kMost = 256 };

${on.declare}

${stop}

${report(model)}

static uint32_t hear(int16_t* samples) {
${on.hear}
}

void setup() {
${begin}
${on.begin}
  if (!on) stop("The microphone does not start.");
}

void loop() {
  static int16_t samples[kMost];
  static unsigned long last = millis();
  const uint32_t count = hear(samples);
  // Fetched too late, some is gone: what comes does not follow on what was.
  if (millis() - last > ${on.keeps}) dormouse_model::reset();
  last = millis();
${feed(model)}
}
`,
  };
}

export const soundSketches = (model: LibraryModel): Sketch[] => [
  pdmSketch(model, 'Nano33BLESense_Microphone', 'Arduino Nano 33 BLE Sense, Rev1 and Rev2'),
  pdmSketch(model, 'XIAO_nRF52840_Sense_Microphone', 'Seeed XIAO nRF52840 Sense'),
  pdmSketch(model, 'Nicla_Vision_Microphone', 'Arduino Nicla Vision'),
  pdmSketch(model, 'Portenta_H7_Microphone', 'Arduino Portenta H7 with the Vision Shield'),
  ...driverBoards.map((board) => driverSketch(model, board)),
];
