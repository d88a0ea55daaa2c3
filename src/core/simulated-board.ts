/**
 * A board made of software: the very device logic that runs in the sketch, compiled to WebAssembly, with a line, a
 * clock, sensors and flash that the caller feeds and reads. It does nothing by itself: time passes in `advance`.
 *
 * Knows nothing of transports, of gestures or of files.
 */
import { CoreError } from './errors';
import { coreImports, coreModule } from './wasm';

/** The same shape as HELLO's sensors (firmware/PROTOCOL.md 4), with rates in Hz. */
export interface SimulatedSensor {
  readonly id: number;
  readonly name: string;
  readonly kind: 'motion' | 'audio' | 'camera' | 'other';
  readonly axes: readonly { readonly name: string; readonly units: string; readonly scale: number }[];
  readonly ratesHz: readonly number[];
  /** Of the camera: what each of its pictures is. */
  readonly picture?: SimulatedCamera;
}

/** Pixels are one gray byte, or two bytes RGB565 with the low byte first. */
export interface SimulatedCamera {
  readonly width: number;
  readonly height: number;
  readonly format: 'gray' | 'rgb';
}

export interface SimulatedBoardOptions {
  /** A board profile's id; its flash units, slot size and RAM are taken. Default 'sim'. */
  readonly board?: string;
  /** At most 63 bytes of UTF-8. */
  readonly uid?: string;
  /** Contents of both slots from an earlier board of the same profile. */
  readonly flash?: Uint8Array;
  readonly slotBytes?: number;
  /** RAM for a model, as HELLO's `ram`. */
  readonly arenaBytes?: number;
  /** At most 160 x 120; 96 x 96 in colour if left out. */
  readonly camera?: SimulatedCamera;
  /** Adds a last sensor of six axes at up to 100 kHz, to load the line. */
  readonly testSignal?: boolean;
  /** Behind a UART bridge: its line has a speed, and the host may change it. */
  readonly uart?: boolean;
  /** Keeps what the first start of a model worked out for the next (firmware/MODEL_SLOT.md 7), under this number for
   * the program. Without one, as flash from elsewhere may be another core's, nothing is kept. */
  readonly build?: number;
}

/** A sensor that runs now. */
export interface WantedSensor {
  readonly sensor: number;
  readonly rateHz: number;
  /** Frames that its FIFO has room for; 1 for a camera. */
  readonly frames: number;
}

interface BoardExports {
  readonly memory: WebAssembly.Memory;
  sim_exchange(): number;
  sim_exchange_bytes(): number;
  sim_create(
    idBytes: number,
    uidBytes: number,
    slotBytes: number,
    modelRam: number,
    testSignal: number,
    cameraWidth: number,
    cameraHeight: number,
    pixels: number,
    uart: number,
    build: number,
  ): number;
  sim_start(): void;
  sim_receive(count: number): number;
  sim_input_waiting(): number;
  sim_take_output(capacity: number): number;
  sim_provide(sensor: number, frames: number): number;
  sim_provide_picture(count: number): number;
  sim_button(pressed: number): void;
  sim_advance(micros: number): void;
  sim_sensor_count(): number;
  sim_running_rate(sensor: number): number;
  sim_room(sensor: number): number;
  sim_flash(): number;
  sim_flash_bytes(): number;
  sim_flash_operations(): number;
  sim_flash_breaches(): number;
  sim_power_cut(operations: number, tear: number): void;
  sim_powered(): number;
  sim_last_label(): number;
  sim_in_bootloader(): number;
}

const acceleration = Math.fround((9.80665 * 4) / 32768);
const rotation = Math.fround(2000 / 32768);

const usualCamera: SimulatedCamera = { width: 96, height: 96, format: 'rgb' };

const sensorsWith = (camera: SimulatedCamera): readonly SimulatedSensor[] => [
  {
    id: 0,
    name: 'imu',
    kind: 'motion',
    axes: [
      ...['accX', 'accY', 'accZ'].map((name) => ({ name, units: 'm/s2', scale: acceleration })),
      ...['gyrX', 'gyrY', 'gyrZ'].map((name) => ({ name, units: 'deg/s', scale: rotation })),
    ],
    ratesHz: [100, 25, 50, 62.5, 119, 200, 400, 1000],
  },
  {
    id: 1,
    name: 'microphone',
    kind: 'audio',
    axes: [{ name: 'audio', units: 'wav', scale: 1 }],
    ratesHz: [16000, 8000],
  },
  {
    id: 2,
    name: 'camera',
    kind: 'camera',
    axes: (camera.format === 'rgb' ? ['red', 'green', 'blue'] : ['gray']).map((name) => ({
      name,
      units: 'N/A',
      scale: 1,
    })),
    ratesHz: [30, 1, 2, 5, 10, 15, 20],
    picture: camera,
  },
  {
    id: 3,
    name: 'test signal',
    kind: 'other',
    axes: ['t0', 't1', 't2', 't3', 't4', 't5'].map((name) => ({ name, units: 'count', scale: 1 })),
    ratesHz: [1000, 10000, 50000, 100000],
  },
];

/** Microseconds that the clock moves at most between two runs of the device's loop. */
const longestStep = 1_000_000;

export class SimulatedBoard {
  readonly sensors: readonly SimulatedSensor[];
  private readonly exchange: number;
  private readonly exchangeBytes: number;
  /** Bytes from the host that the board had no room for yet. */
  private readonly pending: Uint8Array[] = [];

  private constructor(
    private readonly core: BoardExports,
    camera: SimulatedCamera,
  ) {
    this.exchange = core.sim_exchange();
    this.exchangeBytes = core.sim_exchange_bytes();
    this.sensors = sensorsWith(camera).slice(0, core.sim_sensor_count());
  }

  /** Makes a board and switches it on. Throws CoreError 'bad-parameter' for a profile or flash that cannot be. */
  static async create(options: SimulatedBoardOptions = {}): Promise<SimulatedBoard> {
    const instance = new WebAssembly.Instance(await coreModule(), coreImports);
    const core = instance.exports as unknown as BoardExports;
    const id = new TextEncoder().encode(options.board ?? 'sim');
    const uid = new TextEncoder().encode(options.uid ?? 'simulated');
    if (uid.length > 63) throw new CoreError('bad-parameter', 'The simulated board’s uid is longer than 63 bytes.');
    const camera = options.camera ?? usualCamera;
    if (!(camera.width >= 1 && camera.width <= 160 && camera.height >= 1 && camera.height <= 120))
      throw new CoreError('bad-parameter', 'The simulated camera takes pictures of 1 x 1 to 160 x 120 pixels.');
    const exchange = core.sim_exchange();
    const memory = new Uint8Array(core.memory.buffer);
    memory.set(id, exchange);
    memory.set(uid, exchange + id.length);
    const made = core.sim_create(
      id.length,
      uid.length,
      options.slotBytes ?? 0,
      options.arenaBytes ?? 0,
      options.testSignal ? 1 : 0,
      camera.width,
      camera.height,
      camera.format === 'rgb' ? 1 : 0,
      options.uart ? 1 : 0,
      options.build ?? 0,
    );
    if (made === 1) throw new CoreError('bad-parameter', `There is no simulated board "${options.board ?? ''}".`);
    if (made !== 0) throw new CoreError('too-large', 'There is not enough memory for the simulated board.');
    if (options.flash) {
      if (options.flash.length !== core.sim_flash_bytes())
        throw new CoreError('bad-parameter', 'The flash contents do not have the size of this board’s flash.');
      new Uint8Array(core.memory.buffer).set(options.flash, core.sim_flash());
    }
    core.sim_start();
    return new SimulatedBoard(core, camera);
  }

  /** Host to device. The device works on the bytes at once; what it has no room for waits until output was taken. */
  receive(bytes: Uint8Array): void {
    if (bytes.length > 0) this.pending.push(bytes);
    this.feed();
  }

  /** Device to host: everything, or at most `maxBytes`. */
  takeOutput(maxBytes = Number.MAX_SAFE_INTEGER): Uint8Array {
    const pieces: Uint8Array[] = [];
    let total = 0;
    for (;;) {
      const count = this.core.sim_take_output(Math.min(this.exchangeBytes, maxBytes - total));
      if (count === 0) break;
      pieces.push(new Uint8Array(this.core.memory.buffer, this.exchange, count).slice());
      total += count;
      this.feed();
      this.core.sim_advance(0);
    }
    if (pieces.length === 1) return pieces[0];
    const all = new Uint8Array(total);
    let at = 0;
    for (const piece of pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }

  /**
   * Raw frames (frames * axes values) that a sensor measured up to now. Returns how many its FIFO took; the others
   * are lost and counted, as on a real board. Nothing is taken while the sensor is off.
   */
  provide(sensor: number, values: Int16Array): number {
    const one = this.sensors[sensor] as SimulatedSensor | undefined;
    const axes = one && !one.picture ? one.axes.length : 0;
    if (axes === 0 || values.length % axes !== 0)
      throw new CoreError('bad-input', 'The sensor values are not whole frames of a sensor of this board.');
    const perCall = Math.floor(this.exchangeBytes / 2 / axes);
    let taken = 0;
    for (let at = 0; at < values.length; at += perCall * axes) {
      const piece = values.subarray(at, at + perCall * axes);
      new Int16Array(this.core.memory.buffer, this.exchange, piece.length).set(piece);
      taken += this.core.sim_provide(sensor, piece.length / axes);
    }
    return taken;
  }

  /** A picture that the camera takes now, in its own pixels. False while the camera is off. */
  providePicture(sensor: number, bytes: Uint8Array): boolean {
    const picture = (this.sensors[sensor] as SimulatedSensor | undefined)?.picture;
    const wanted = picture ? picture.width * picture.height * (picture.format === 'rgb' ? 2 : 1) : 0;
    if (!picture || bytes.length !== wanted)
      throw new CoreError('bad-input', 'These bytes are not a picture of this board’s camera.');
    new Uint8Array(this.core.memory.buffer).set(bytes, this.exchange);
    return this.core.sim_provide_picture(bytes.length) !== 0;
  }

  /** The sensors that stream, run or print now. */
  wanted(): WantedSensor[] {
    return this.sensors
      .map((sensor) => ({
        sensor: sensor.id,
        rateHz: this.core.sim_running_rate(sensor.id) / 1000,
        frames: this.core.sim_room(sensor.id),
      }))
      .filter((sensor) => sensor.rateHz > 0);
  }

  /** Somebody presses the board's button, or lets it go. */
  button(pressed: boolean): void {
    this.core.sim_button(pressed ? 1 : 0);
    this.feed();
  }

  /** Moves the device's clock and runs its loop. */
  advance(micros: number): void {
    let left = Math.max(0, Math.round(micros));
    do {
      const step = Math.min(left, longestStep);
      this.core.sim_advance(step);
      left -= step;
    } while (left > 0);
    this.feed();
  }

  /** A copy of both slots. */
  flash(): Uint8Array {
    return new Uint8Array(this.core.memory.buffer, this.core.sim_flash(), this.core.sim_flash_bytes()).slice();
  }

  /**
   * Lets the power fail inside the flash operation that follows the next `afterOperations` ones; `tearSeed` chooses
   * which bits it still changed. The board is then silent until `restart`.
   */
  powerCut(afterOperations: number, tearSeed = 1): void {
    this.core.sim_power_cut(afterOperations, tearSeed);
  }

  /** Switches the board off and on: RAM and what was on the line are lost, flash is kept. */
  restart(): void {
    this.pending.length = 0;
    this.core.sim_start();
  }

  get powered(): boolean {
    return this.core.sim_powered() !== 0;
  }

  /** True after a RESET into the bootloader, where only `restart` helps. */
  get inBootloader(): boolean {
    return this.core.sim_in_bootloader() !== 0;
  }

  /** The label that the recogniser last told the board's own lamp, -1 = none. */
  get lastLabel(): number {
    return this.core.sim_last_label();
  }

  /** Flash operations so far, and those among them that real flash could not have done. */
  get flashOperations(): { readonly count: number; readonly breaches: number } {
    return { count: this.core.sim_flash_operations(), breaches: this.core.sim_flash_breaches() };
  }

  /** Hands pending bytes over and runs the loop as long as that gets any of them taken. */
  private feed(): void {
    let before: number;
    do {
      before = this.backlog();
      while (this.pending.length > 0) {
        const piece = this.pending[0].subarray(0, this.exchangeBytes);
        new Uint8Array(this.core.memory.buffer).set(piece, this.exchange);
        const taken = this.core.sim_receive(piece.length);
        if (taken === this.pending[0].length) this.pending.shift();
        else this.pending[0] = this.pending[0].subarray(taken);
        if (taken === 0) break;
      }
      if (this.core.sim_input_waiting() > 0) this.core.sim_advance(0);
    } while (this.backlog() > 0 && this.backlog() < before);
  }

  private backlog(): number {
    return this.pending.reduce((sum, piece) => sum + piece.length, this.core.sim_input_waiting());
  }
}
