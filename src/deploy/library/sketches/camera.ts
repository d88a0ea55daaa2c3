/** Arduino sketches that feed the library from cameras. */
import { hasObjects, type LibraryModel } from '../model';
import { begin, report, stop, type Sketch } from './common';

const answer = (model: LibraryModel): string => `  dormouse_model::Result result;
  if (dormouse_model::classify(picture, &result) == dormouse_model::Status::kOk) report(${hasObjects(model) ? '' : 'result'});`;

/** Cameras send the high byte of each RGB565 pixel first, the library wants the low one first. */
const swap = (bytes: string): string => `  uint8_t* const bytes = ${bytes};
  for (uint32_t at = 0; at < 320 * 240 * 2; at += 2) {
    const uint8_t high = bytes[at];
    bytes[at] = bytes[at + 1];
    bytes[at + 1] = high;
  }`;

interface MbedBoard {
  readonly name: string;
  readonly board: string;
  readonly include: string;
  readonly sensor: string;
  readonly colour: boolean;
}

const mbedBoards: readonly MbedBoard[] = [
  { name: 'Nicla_Vision_Camera', board: 'Arduino Nicla Vision', include: 'gc2145.h', sensor: 'GC2145', colour: true },
  {
    name: 'Portenta_H7_Vision_Shield',
    board: 'Arduino Portenta H7 with the Vision Shield (with the HM0360: hm0360.h and HM0360 below)',
    include: 'himax.h',
    sensor: 'HM01B0',
    colour: false,
  },
];

function mbedSketch(model: LibraryModel, on: MbedBoard): Sketch {
  return {
    name: on.name,
    board: on.board,
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
  if (!camera.begin(CAMERA_R320x240, ${on.colour ? 'CAMERA_RGB565' : 'CAMERA_GRAYSCALE'}, 15)) stop("The camera does not start.");
}

void loop() {
  if (camera.grabFrame(frame, 3000) != 0) return;
${on.colour ? swap('frame.getBuffer()') : '  const uint8_t* const bytes = frame.getBuffer();'}
  const dormouse_model::Picture picture = {bytes, 320, 240, dormouse_model::PixelFormat::${on.colour ? 'kRgb565' : 'kGray8'}};
${answer(model)}
}
`,
  };
}

/** Pins as in arduino-esp32's example CameraWebServer. */
interface EspBoard {
  readonly name: string;
  readonly board: string;
  readonly power: number;
  readonly clock: number;
  readonly data: number;
  readonly scl: number;
  /** D0 to D7. */
  readonly pixels: readonly number[];
  readonly vsync: number;
  readonly href: number;
  readonly pclk: number;
}

const espBoards: readonly EspBoard[] = [
  {
    name: 'XIAO_ESP32S3_Sense_Camera',
    board: 'Seeed XIAO ESP32S3 Sense (PSRAM: OPI)',
    ...{ power: -1, clock: 10, data: 40, scl: 39, vsync: 38, href: 47, pclk: 13 },
    pixels: [15, 17, 18, 16, 14, 12, 11, 48],
  },
  {
    name: 'ESP32_CAM',
    board: 'AI Thinker ESP32-CAM',
    ...{ power: 32, clock: 0, data: 26, scl: 27, vsync: 25, href: 23, pclk: 22 },
    pixels: [5, 18, 19, 21, 36, 39, 34, 35],
  },
];

function espSketch(model: LibraryModel, on: EspBoard): Sketch {
  const pins = on.pixels.map((pin, i) => `  config.pin_d${i} = ${pin};`).join('\n');
  return {
    name: on.name,
    board: on.board,
    text: `// ${on.board}: says what its camera sees.
#include <${model.name}.h>
#include <esp_camera.h>

${stop}

${report(model)}

static bool beginCamera() {
  camera_config_t config = {};
  config.pin_pwdn = ${on.power};
  config.pin_reset = -1;
  config.pin_xclk = ${on.clock};
  config.pin_sccb_sda = ${on.data};
  config.pin_sccb_scl = ${on.scl};
${pins}
  config.pin_vsync = ${on.vsync};
  config.pin_href = ${on.href};
  config.pin_pclk = ${on.pclk};
  config.xclk_freq_hz = 20000000;
  config.ledc_timer = LEDC_TIMER_0;
  config.ledc_channel = LEDC_CHANNEL_0;
  config.pixel_format = PIXFORMAT_RGB565;
  config.frame_size = FRAMESIZE_QVGA;
  config.fb_count = 1;
  config.fb_location = CAMERA_FB_IN_PSRAM;
  return esp_camera_init(&config) == ESP_OK;
}

void setup() {
${begin}
  if (!beginCamera()) stop("The camera does not start.");
}

void loop() {
  camera_fb_t* const frame = esp_camera_fb_get();
  if (frame == nullptr) return;
${swap('frame->buf')}
  const dormouse_model::Picture picture = {bytes, 320, 240, dormouse_model::PixelFormat::kRgb565};
${answer(model)}
  esp_camera_fb_return(frame);
}
`,
  };
}

export const cameraSketches = (model: LibraryModel): Sketch[] => [
  ...mbedBoards.map((board) => mbedSketch(model, board)),
  ...espBoards.map((board) => espSketch(model, board)),
];
