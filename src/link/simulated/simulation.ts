/**
 * A simulated board in a world: the core's device, a player that moves its sensors, a clock that runs with the
 * computer's (or faster), and a line with an optional speed limit. Transports and the pseudo-terminal stand on it.
 * Knows no transport and no frame.
 */
import { SimulatedBoard, type SimulatedBoardOptions } from '../../core';
import type { PictureShape, SensorInfo } from '../types';
import type { SimulatedBox } from './objects';
import { Player } from './player';

export interface SimulationOptions extends SimulatedBoardOptions {
  /** Device seconds per second; 1 = real time, 0 = only `advance` moves the device's clock. */
  readonly speed?: number;
  /** Whose hand holds the board, and which occasion it is. */
  readonly person?: string | number;
  readonly seed?: number;
  /** Bytes per second that the line carries, as a UART would; unlimited if left out. */
  readonly lineBytesPerSecond?: number;
}

/** Takes bytes from the board and says how many it could take; the rest waits, and the board drops what it must. */
export type OutputSink = (bytes: Uint8Array) => number;

/** The step of the device's clock: at most this much jitter in when a sensor's frame is made. */
const stepMicros = 1000;
/** How often the computer's clock is looked at. */
const tickMs = 4;
/**
 * A computer that stood still does not owe the board all that time: the world stands still with it. Less than what the
 * board's buffers hold at their fastest, so that a busy computer alone never makes the board drop anything.
 */
const mostCatchUpMs = 60;

/** Pictures of which it is known where things are in them. */
const rememberedBoxes = 256;

export class Simulation {
  readonly player: Player;
  private readonly sensors: ReadonlyMap<number, SensorInfo>;
  /** Parts of a frame that are due, per sensor that runs. */
  private readonly due = new Map<number, number>();
  private readonly boxes = new Map<number, readonly SimulatedBox[]>();
  /** Pictures since the camera was started. */
  private taken = 0;
  private held: Uint8Array = new Uint8Array(0);
  private budget = 0;
  private sink: OutputSink | undefined;
  private timer: NodeJS.Timeout | undefined;
  private clock = 0;
  private owedMicros = 0;
  private speed: number;

  private constructor(
    readonly board: SimulatedBoard,
    private readonly options: SimulationOptions,
  ) {
    this.speed = options.speed ?? 1;
    this.player = new Player(options.person, options.seed);
    this.sensors = new Map(board.sensors.map((sensor) => [sensor.id, sensor]));
  }

  static async create(options: SimulationOptions = {}): Promise<Simulation> {
    return new Simulation(await SimulatedBoard.create(options), options);
  }

  /** Connects the line and lets time run. */
  start(sink: OutputSink): void {
    this.sink = sink;
    this.clock = performance.now();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.tick(), tickMs);
  }

  /** Disconnects the line; the board's time stands still until start(). */
  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.sink = undefined;
  }

  /** From now on so many device seconds a second; 0 leaves time to `advance`, for takes that are the same at every run. */
  setSpeed(speed: number): void {
    this.speed = speed;
  }

  /** Bytes from the host; the board's answer goes out at once. */
  receive(bytes: Uint8Array): void {
    this.board.receive(bytes);
    this.drain();
  }

  press(pressed: boolean): void {
    this.board.button(pressed);
    this.drain();
  }

  /** Power off and on: RAM and what was on the line are lost, the models in flash stay. */
  restart(): void {
    this.board.restart();
    this.held = new Uint8Array(0);
    this.due.clear();
  }

  /** Moves the device's clock, its sensors with it, in steps of a millisecond. */
  advance(micros: number): void {
    this.owedMicros += micros;
    while (this.owedMicros >= stepMicros) {
      this.owedMicros -= stepMicros;
      this.board.advance(stepMicros);
      this.feedSensors();
      this.budget = Math.min(this.budget + ((this.options.lineBytesPerSecond ?? 0) * stepMicros) / 1e6, 4096);
      this.drain();
    }
  }

  /** The line can take bytes again. */
  drain(): void {
    const limited = this.options.lineBytesPerSecond !== undefined;
    for (;;) {
      if (this.held.length === 0) {
        this.held = this.board.takeOutput(limited ? Math.floor(this.budget) : undefined);
        if (this.held.length === 0) return;
        this.budget -= this.held.length;
      }
      const taken = this.sink?.(this.held) ?? 0;
      this.held = this.held.subarray(taken);
      if (this.held.length > 0) return;
    }
  }

  private tick(): void {
    const now = performance.now();
    const elapsed = Math.min(now - this.clock, mostCatchUpMs);
    this.clock = now;
    this.advance(elapsed * 1000 * this.speed);
    if (this.sink) this.timer = setTimeout(() => this.tick(), tickMs);
  }

  /** Since the camera was started: the number that its next picture will have. */
  get picturesTaken(): number {
    return this.taken;
  }

  /** Where the things were in picture `number` since the camera was started; of the latest ones only. */
  boxesOf(number: number): readonly SimulatedBox[] | undefined {
    return this.boxes.get(number);
  }

  private takePicture(sensor: number, shape: PictureShape, seconds: number): void {
    const { bytes, boxes } = this.player.picture(shape, sensor, seconds);
    if (!this.board.providePicture(sensor, bytes)) return;
    this.boxes.set(this.taken, boxes);
    this.boxes.delete(this.taken - rememberedBoxes);
    this.taken++;
  }

  private feedSensors(): void {
    const wanted = this.board.wanted();
    for (const id of this.due.keys()) {
      if (wanted.some((sensor) => sensor.sensor === id)) continue;
      this.due.delete(id);
      if (!this.sensors.get(id)?.picture) continue;
      this.taken = 0;
      this.boxes.clear();
    }
    for (const { sensor, rateHz } of wanted) {
      const due = (this.due.get(sensor) ?? 0) + (rateHz * stepMicros) / 1e6;
      const frames = Math.floor(due);
      this.due.set(sensor, due - frames);
      const info = this.sensors.get(sensor);
      if (frames === 0 || !info) continue;
      if (info.picture) this.takePicture(sensor, info.picture, frames / rateHz);
      else this.board.provide(sensor, this.player.next(info, rateHz, frames));
    }
  }
}
