/**
 * The board profiles: pure data. Every figure is either read from the board's Arduino core, measured by compiling
 * an empty sketch that echoes over USB with that core, or stated as an assumption in `source`. Knows nothing of
 * models or of what is plugged in; a connected board's own HELLO is always better knowledge than this table.
 *
 * `freeRamBytes` is the memory that the Dormouse sketch sets aside for a model, for the boards that it is written for (its
 * `kModelRam`); for the others the RAM of the chip, less what the echo sketch occupies (.data and .bss), less the stack of
 * loop() where that is not part of .bss, less `sketchRamBytes`.
 */
import type { BoardProfile } from './types';

const KB = 1024;

/**
 * What the Dormouse sketch itself keeps beside a model: receive and send buffers, two sensor rings, the session and
 * the slot bookkeeping: 29,085 bytes of .bss in the objects compiled for the Nano 33 BLE Sense, rounded up.
 */
const sketchRamBytes = 29 * KB;

const mbedStack = 'its 32 KB loop() stack is allocated from the heap';

export const boards: readonly BoardProfile[] = [
  {
    id: 'nano33ble-sense',
    name: 'Arduino Nano 33 BLE Sense',
    family: 'nrf52840',
    mcu: 'nRF52840',
    core: 'cortex-m4f',
    clockHz: 64e6,
    ramBytes: 256 * KB,
    flashBytes: 1024 * KB,
    freeRamBytes: 128 * KB,
    slotBytes: 256 * KB,
    flashWriteUnit: 4,
    flashEraseUnit: 4096,
    usb: [
      { vendor: '2341', product: '805a', mode: 'application' },
      { vendor: '2341', product: '005a', mode: 'bootloader' },
      { vendor: '2341', product: '015a', mode: 'application' },
      { vendor: '2341', product: '025a', mode: 'application' },
    ],
    sensors: ['motion', 'audio'],
    // The LSM9DS1 of the first revision and the BMI270 of the second.
    motionRatesHz: [14.9, 25, 50, 59.5, 100, 119, 200, 238, 400, 476, 800],
    upload: 'bossac',
    source: `what the sketch sets aside for a model; by sum with ArduinoCore-mbed 4.6.0's empty USB sketch about 49 KB stay for the heap, of which loop() takes 32 KB as its stack`,
  },
  {
    id: 'xiao-nrf52840-sense',
    name: 'Seeed XIAO nRF52840 Sense',
    family: 'nrf52840',
    mcu: 'nRF52840',
    core: 'cortex-m4f',
    clockHz: 64e6,
    ramBytes: 256 * KB,
    flashBytes: 1024 * KB,
    freeRamBytes: 160 * KB,
    slotBytes: 256 * KB,
    flashWriteUnit: 4,
    flashEraseUnit: 4096,
    usb: [
      { vendor: '2886', product: '8045', mode: 'application' },
      { vendor: '2886', product: '0045', mode: 'bootloader' },
      { vendor: '2886', product: '0145', mode: 'application' },
      { vendor: '2886', product: '8044', mode: 'application' },
      { vendor: '2886', product: '0044', mode: 'bootloader' },
    ],
    sensors: ['motion', 'audio'],
    motionRatesHz: [12.5, 26, 52, 104, 208, 416, 833],
    upload: 'nrfutil',
    source:
      'what the sketch sets aside for a model; linked with Seeed\u2019s nRF52 core, 34 KB stay for the heap beside it and the SoftDevice\u2019s 24 KB',
  },
  {
    id: 'xiao-esp32s3-sense',
    name: 'Seeed XIAO ESP32S3 Sense',
    family: 'esp32s3',
    mcu: 'ESP32-S3',
    core: 'xtensa-lx7',
    clockHz: 240e6,
    ramBytes: 512 * KB,
    flashBytes: 8 * KB * KB,
    freeRamBytes: 512 * KB - 192 * KB - 8 * KB - sketchRamBytes,
    slotBytes: 512 * KB,
    flashWriteUnit: 4,
    flashEraseUnit: 4096,
    usb: [
      { vendor: '303a', product: '1001', mode: 'application' },
      { vendor: '2886', product: '0056', mode: 'application' },
      { vendor: '2886', product: '8056', mode: 'bootloader' },
    ],
    sensors: ['audio', 'camera'],
    upload: 'esptool',
    source:
      'arduino-esp32 could not be compiled here: 192 KB for caches, runtime and USB and 8 KB loop() stack are assumptions; PSRAM not counted; the slots lie in the 1.5 MB "spiffs" partition',
  },
  {
    id: 'esp32',
    name: 'ESP32 development board',
    family: 'esp32',
    mcu: 'ESP32',
    core: 'xtensa-lx6',
    clockHz: 240e6,
    ramBytes: 520 * KB,
    flashBytes: 4 * KB * KB,
    // Static data lies in at most 160 KB of the 320 KB of data RAM; the rest of the chip's RAM runs code.
    freeRamBytes: 160 * KB - 32 * KB - 8 * KB - sketchRamBytes,
    slotBytes: 512 * KB,
    flashWriteUnit: 4,
    flashEraseUnit: 4096,
    usb: [
      { vendor: '10c4', product: 'ea60', mode: 'application' },
      { vendor: '1a86', product: '7523', mode: 'application' },
      { vendor: '1a86', product: '55d4', mode: 'application' },
    ],
    sensors: [],
    upload: 'esptool',
    source:
      'arduino-esp32 could not be compiled here: 160 KB static RAM of which 32 KB runtime and 8 KB loop() stack are assumptions; the slots lie in the "spiffs" partition from 0x291000; the USB ids are those of its UART bridges',
  },
  {
    id: 'rpi-pico',
    name: 'Raspberry Pi Pico',
    family: 'rp2040',
    mcu: 'RP2040',
    core: 'cortex-m0plus',
    clockHz: 125e6,
    ramBytes: 264 * KB,
    flashBytes: 2048 * KB,
    freeRamBytes: 264 * KB - 43_056 - 32 * KB - sketchRamBytes,
    slotBytes: 512 * KB,
    flashWriteUnit: 256,
    flashEraseUnit: 4096,
    usb: [
      { vendor: '2e8a', product: '00c0', mode: 'application' },
      { vendor: '2e8a', product: '000a', mode: 'application' },
      { vendor: '2e8a', product: '0003', mode: 'bootloader' },
    ],
    sensors: [],
    upload: 'uf2',
    source: `ArduinoCore-mbed 4.6.0: an empty USB sketch takes 43,056 B .bss; ${mbedStack}; 29 KB for the Dormouse sketch, as on the Nano; sensors are attached by the maker`,
  },
  {
    id: 'portenta-h7',
    name: 'Arduino Portenta H7',
    family: 'stm32h7',
    mcu: 'STM32H747 (M7 core)',
    core: 'cortex-m7',
    clockHz: 480e6,
    ramBytes: 512 * KB,
    flashBytes: 2048 * KB,
    freeRamBytes: 512 * KB - 6_200 - 63_488 - 32 * KB - sketchRamBytes,
    slotBytes: 256 * KB,
    flashWriteUnit: 32,
    flashEraseUnit: 128 * KB,
    usb: [
      { vendor: '2341', product: '025b', mode: 'application' },
      { vendor: '2341', product: '035b', mode: 'bootloader' },
      { vendor: '2341', product: '045b', mode: 'application' },
      { vendor: '2341', product: '055b', mode: 'application' },
    ],
    sensors: ['audio', 'camera'],
    upload: 'dfu',
    source: `ArduinoCore-mbed 4.6.0: an empty USB sketch takes 6,200 B .data and 63,488 B .bss of the 512 KB AXI SRAM; ${mbedStack}; 29 KB for the Dormouse sketch, as on the Nano; sound and camera need the Vision Shield`,
  },
  {
    id: 'nicla-vision',
    name: 'Arduino Nicla Vision',
    family: 'stm32h7',
    mcu: 'STM32H747 (M7 core)',
    core: 'cortex-m7',
    clockHz: 480e6,
    ramBytes: 512 * KB,
    flashBytes: 2048 * KB,
    freeRamBytes: 512 * KB - 6_112 - 49_432 - 32 * KB - sketchRamBytes,
    slotBytes: 256 * KB,
    flashWriteUnit: 32,
    flashEraseUnit: 128 * KB,
    usb: [
      { vendor: '2341', product: '025f', mode: 'application' },
      { vendor: '2341', product: '035f', mode: 'bootloader' },
      { vendor: '2341', product: '045f', mode: 'application' },
      { vendor: '2341', product: '055f', mode: 'application' },
    ],
    sensors: ['motion', 'audio', 'camera'],
    upload: 'dfu',
    source: `ArduinoCore-mbed 4.6.0: an empty USB sketch takes 6,112 B .data and 49,432 B .bss of the 512 KB AXI SRAM; ${mbedStack}; 29 KB for the Dormouse sketch, as on the Nano`,
  },
  {
    id: 'sim',
    name: 'Simulated board',
    family: 'simulated',
    mcu: 'this computer',
    core: 'host',
    clockHz: 64e6,
    ramBytes: 256 * KB,
    flashBytes: 1024 * KB,
    freeRamBytes: 128 * KB,
    slotBytes: 256 * KB,
    flashWriteUnit: 4,
    flashEraseUnit: 4096,
    usb: [],
    sensors: ['motion', 'audio'],
    motionRatesHz: [25, 50, 62.5, 100, 119, 200, 400, 1000],
    upload: 'none',
    source: 'the simulated board gives itself the memory of a small nRF52840 board; its speed is that of this computer',
  },
];
