/**
 * How the Dormouse sketch gets onto each board: the Arduino core that compiles it, and the drive that takes it.
 * Sources: the cores' boards.txt and package indexes. Knows nothing of what is installed.
 */

export interface BoardSketch {
  /** As arduino-cli wants it: vendor:architecture:board[:options]. */
  readonly fqbn: string;
  /** What `arduino-cli core install` takes. */
  readonly core: string;
  /** Where that core is listed, if not in Arduino's own index. */
  readonly indexUrl?: string;
  /** Libraries that do not come with the core. */
  readonly libraries: readonly string[];
  /** How people bring the board into its bootloader by hand, and what it is that they do. */
  readonly byHand: string;
  readonly hands: 'double-tap' | 'bootsel' | 'boot-reset';
  /** For boards whose bootloader shows a drive that takes UF2 files. */
  readonly uf2?: {
    /** Which boards a UF2 file is for (microsoft/uf2, utils/uf2families.json). */
    readonly family: number;
    /** What the drive's INFO_UF2.TXT says in its line Board-ID, or the beginning of it. */
    readonly boardIds: readonly string[];
    /** Where a plain binary begins. */
    readonly base: number;
    /** Whether opening the port at 1200 baud brings the drive; where not, our own sketch can do it when asked. */
    readonly touch: boolean;
  };
  /** For chips with Espressif's loader in their ROM. */
  readonly esp?: EspBoot;
}

export interface EspBoot {
  /** As the heads of firmware files name the chip. */
  readonly chipId: number;
  /** Where the second bootloader lies, which a whole (merged) file begins with. */
  readonly bootloaderAt: number;
}

const seeedIndex = 'https://files.seeedstudio.com/arduino/package_seeeduino_boards_index.json';
const espressifIndex = 'https://espressif.github.io/arduino-esp32/package_esp32_index.json';
const doubleTap = 'Press the reset button twice, quickly';

export const sketches: Readonly<Record<string, BoardSketch>> = {
  'nano33ble-sense': {
    fqbn: 'arduino:mbed_nano:nano33ble',
    core: 'arduino:mbed_nano',
    libraries: ['Arduino_BMI270_BMM150'],
    byHand: `${doubleTap}: the yellow lamp then pulses slowly.`,
    hands: 'double-tap',
  },
  'xiao-nrf52840-sense': {
    fqbn: 'Seeeduino:nrf52:xiaonRF52840Sense',
    core: 'Seeeduino:nrf52',
    indexUrl: seeedIndex,
    libraries: [],
    byHand: `${doubleTap}: a drive named XIAO-SENSE appears.`,
    hands: 'double-tap',
    uf2: {
      family: 0xada52840,
      boardIds: ['Seeed_XIAO_nRF52840_Sense', 'nRF52840-SeeedXiaoSense'],
      base: 0x27000,
      touch: false,
    },
  },
  'rpi-pico': {
    fqbn: 'arduino:mbed_rp2040:pico',
    core: 'arduino:mbed_rp2040',
    libraries: [],
    byHand: 'Hold BOOTSEL while you plug the board in: a drive named RPI-RP2 appears.',
    hands: 'bootsel',
    uf2: { family: 0xe48bff56, boardIds: ['RPI-RP2'], base: 0x10000000, touch: true },
  },
  'portenta-h7': {
    fqbn: 'arduino:mbed_portenta:envie_m7',
    core: 'arduino:mbed_portenta',
    libraries: [],
    byHand: `${doubleTap}: the green lamp then fades in and out.`,
    hands: 'double-tap',
  },
  'nicla-vision': {
    fqbn: 'arduino:mbed_nicla:nicla_vision',
    core: 'arduino:mbed_nicla',
    libraries: [],
    byHand: `${doubleTap}: the green lamp then fades in and out.`,
    hands: 'double-tap',
  },
  'xiao-esp32s3-sense': {
    fqbn: 'esp32:esp32:XIAO_ESP32S3:PSRAM=opi',
    core: 'esp32:esp32',
    indexUrl: espressifIndex,
    libraries: [],
    byHand: 'Hold BOOT, press RESET, let BOOT go.',
    hands: 'boot-reset',
    esp: { chipId: 9, bootloaderAt: 0 },
  },
  esp32: {
    fqbn: 'esp32:esp32:esp32',
    core: 'esp32:esp32',
    indexUrl: espressifIndex,
    libraries: [],
    byHand: 'Hold BOOT, press EN, let BOOT go.',
    hands: 'boot-reset',
    esp: { chipId: 0, bootloaderAt: 0x1000 },
  },
};
