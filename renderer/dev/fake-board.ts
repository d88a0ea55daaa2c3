/** The fake's boards: ports, what a board says of itself, and a stream in real time. */
import type { DeviceState, Events } from '../../src/project/contract';
import type { FirmwarePlan } from '../../src/deploy/types';
import type { PortInfo, SensorInfo } from '../../src/link/types';
import { motionAt, motionAxes, soundAxes } from './signals';
import { drawObject, pictureAxes, pictureSize, wordAt } from './worlds';

export const simPort: PortInfo = {
  path: 'sim',
  title: 'Simulated board',
  boardId: 'sim',
  usbVendor: '',
  usbProduct: '',
  serialNumber: '',
  bootloader: false,
  simulated: true,
};
export const nanoPort: PortInfo = {
  ...simPort,
  path: '/dev/ttyACM0',
  title: 'Arduino Nano 33 BLE Sense',
  boardId: 'nano33ble-sense',
  usbVendor: '2341',
  usbProduct: '805a',
  simulated: false,
};
const sensors: readonly SensorInfo[] = [
  { id: 0, name: 'Motion', kind: 'motion', axes: motionAxes.map((axis) => ({ ...axis, scale: 0.01 })), ratesHz: [100] },
  {
    id: 1,
    name: 'Microphone',
    kind: 'audio',
    axes: soundAxes.map((axis) => ({ ...axis, scale: 1 })),
    ratesHz: [16000],
  },
  {
    id: 2,
    name: 'Camera',
    kind: 'camera',
    axes: pictureAxes.map((axis) => ({ ...axis, scale: 1 })),
    ratesHz: [30],
  },
];

export function connectedState(port: PortInfo, model: boolean): DeviceState {
  return {
    status: 'connected',
    port,
    info: {
      dormouse: true,
      board: port.boardId,
      mcu: 'nRF52840',
      firmware: '0.1.0',
      protocol: 1,
      uid: 'D0A3-0001-77F2',
      button: 'Button',
      freeRam: 118_000,
      slotBytes: 131_072,
      maxPayload: 1024,
      sensors,
      slots: model
        ? [
            { slot: 0, state: 'active', sequence: 3, bytes: 9504, crc: 1, name: 'Gestures' },
            { slot: 1, state: 'valid', sequence: 2, bytes: 9100, crc: 2, name: 'Gestures, Monday' },
          ]
        : [0, 1].map((slot) => ({ slot, state: 'empty' as const, sequence: 0, bytes: 0, crc: 0, name: '' })),
      activeSlot: model ? 0 : -1,
    },
    streaming: null,
    health: null,
    problem: '',
  };
}

/** Sends what the streaming sensor would have seen since last time, about sixty times a second. */
export function streamForever(
  now: () => { readonly sensor: number | undefined; readonly gesture: string },
  send: (event: Events['device.samples']) => void,
): void {
  let index = 0;
  let last = performance.now();
  let seed = 1;
  const noise = (): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2147483648 - 1;
  };
  setInterval(() => {
    const time = performance.now();
    const { sensor, gesture } = now();
    if (sensor === undefined || sensor === 2) {
      last = time;
      return;
    }
    const rateHz = sensors[sensor].ratesHz[0];
    const frames = Math.floor(((time - last) / 1000) * rateHz);
    if (frames === 0) return;
    last += (frames / rateHz) * 1000;
    const axes = sensors[sensor].axes.length;
    const values = new Float32Array(frames * axes);
    let level = 0;
    for (let f = 0; f < frames; f++) {
      const t = (index + f) / rateHz;
      if (sensor === 1) values[f] = wordAt(gesture, t, 2, 2, noise);
      else values.set(motionAt(gesture, t, 2, noise), f * axes);
      const [x, y = 0, z = 9.81] = values.subarray(f * axes, f * axes + 3);
      level = Math.max(level, sensor === 1 ? Math.abs(x) / 327.68 : Math.hypot(x, y, z - 9.81));
    }
    send({ axes, rateHz, blocks: [{ sensor, index, micros: 0, lost: 0, values, frames }], level });
    index += frames;
  }, 16);
}

/** Of the picture that the camera shows now. */
let seed = 1;
export const shownSeed = (): number => seed;

/** A camera that sees the thing move a little, thirty times a second. */
export function picturesForever(now: () => string | undefined, send: (event: Events['device.picture']) => void): void {
  let number = 0;
  setInterval(() => {
    const object = now();
    if (object === undefined) return;
    seed = 1 + (Math.floor(number / 45) % 12);
    const { pixels } = drawObject(object, seed);
    send({ number: number++, lost: 0, width: pictureSize, height: pictureSize, channels: 3, pixels });
  }, 33);
}

/** The Nano is done by itself here, every other board by hand or with a file: all kinds of sheet can be seen. */
export function firmwarePlan(board: string, port: string, file: string): FirmwarePlan {
  const byItself = board === nanoPort.boardId;
  const esp = board.includes('esp32');
  const pico = board === 'rpi-pico';
  const common = {
    board,
    name: byItself ? nanoPort.title : board,
    port: byItself || esp ? port : '',
    hands: esp ? ('boot-reset' as const) : pico ? ('bootsel' as const) : ('double-tap' as const),
    byHand: esp
      ? 'Hold BOOT, press EN, let BOOT go.'
      : pico
        ? 'Hold BOOTSEL while you plug the board in: a drive named RPI-RP2 appears.'
        : 'Press the reset button twice, quickly: a drive appears.',
    files: esp ? ['bin'] : pico || board.startsWith('xiao-nrf') ? ['uf2', 'bin'] : [],
  };
  if (file)
    return {
      ...common,
      way: esp ? 'esp' : 'uf2',
      steps: ['Dormouse copies the file.', 'The board restarts; Dormouse connects to the port that comes back.'],
      commands: [],
    };
  return {
    ...common,
    way: byItself ? 'arduino-cli' : 'steps',
    steps: byItself
      ? [
          'Dormouse compiles the sketch with arduino-cli.',
          'It uploads the sketch.',
          'It connects to the port that comes back.',
        ]
      : ['In the Arduino IDE, install the core.', 'Open the sketch and upload it.'],
    commands: ['arduino-cli core install arduino:mbed_nano'],
  };
}
