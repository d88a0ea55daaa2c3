/**
 * A board that runs somebody else's sketch, as a `Device` with one sensor and nothing else: what such boards have in
 * common. How its values come over the line is the business of those that extend it.
 */
import { closedError, LinkError, lossReason, lostError } from '../errors';
import { RateFit, snapRate } from '../rate-fit';
import type { Device, DeviceInfo, PortInfo, SampleBlock, SensorInfo, StreamHealth, Transport } from '../types';

/** Warnings a second; a sketch that sends nothing but nonsense must not drown the app in them. */
const warningsPerSecond = 10;
const warningLevel = 2;

interface Running {
  readonly onBlock: (block: SampleBlock) => void;
  readonly fit: RateFit;
  index: number;
  frames: number;
  lost: number;
  /** Frames known to be missing since the last good one. */
  gap: number;
}

export abstract class SketchDevice implements Device {
  readonly info: DeviceInfo;
  /** What the line damaged, where the sketch's format can tell. */
  protected damaged = 0;
  private readonly unlisten: () => void;
  private readonly lostListeners = new Set<(reason: string) => void>();
  private readonly logListeners = new Set<(level: number, message: string) => void>();
  private running: Running | undefined;
  private finished: StreamHealth = { frames: 0, lost: 0, measuredRateHz: NaN, damagedWireFrames: 0 };
  private ended: LinkError | undefined;
  private warningWindow = 0;
  private warnings = 0;

  protected constructor(
    protected readonly transport: Transport,
    readonly port: PortInfo,
    protected readonly sensor: SensorInfo,
    /** Completes "The sketch on this board only …, it cannot take a model." */
    private readonly habit: string,
    protected readonly clock: () => number,
  ) {
    this.info = sketchInfo(sensor);
    this.unlisten = transport.listen((happening) => {
      if (happening.kind === 'data') this.receive(happening.bytes);
      else this.lose(happening.reason);
    });
  }

  /** Bytes as they come; streaming or not. */
  protected abstract receive(bytes: Uint8Array): void;
  /** Before the first and after the last block of a stream: what the sketch must be told. */
  protected begin(): Promise<void> {
    return Promise.resolve();
  }
  protected end(): Promise<void> {
    return Promise.resolve();
  }

  protected get streaming(): boolean {
    return this.running !== undefined;
  }

  health(): StreamHealth {
    const running = this.running;
    if (!running) return this.finished;
    const { frames, lost, fit } = running;
    return { frames, lost, measuredRateHz: fit.rateHz, damagedWireFrames: this.damaged };
  }

  /** The rate is the sketch's own; `rateHz` is what the person declared, and is believed where it is close. */
  async startStream(sensor: number, rateHz: number, onBlock: (block: SampleBlock) => void): Promise<number> {
    if (this.ended) throw this.ended;
    if (sensor !== 0) {
      const action = `Choose ${this.sensor.name}, sensor 0.`;
      throw new LinkError('no-such-sensor', `The board has no sensor ${sensor}.`, action);
    }
    this.damaged = 0;
    this.running = { onBlock, fit: new RateFit(), index: 0, frames: 0, lost: 0, gap: 0 };
    await this.begin();
    return snapRate(this.sensor.ratesHz[0], [rateHz]);
  }

  async stopStream(): Promise<void> {
    if (this.ended) throw this.ended;
    const running = this.running;
    if (!running) return;
    if (running.gap > 0) this.emit(running, NaN, new Float32Array(0), 0);
    this.finished = this.health();
    this.running = undefined;
    await this.end();
  }

  startPictures(): Promise<never> {
    return this.cannot('send pictures');
  }
  listSlots(): Promise<never> {
    return this.cannot('keep models');
  }
  beginSlot(): Promise<never> {
    return this.cannot('take a model');
  }
  writeSlot(): Promise<never> {
    return this.cannot('take a model');
  }
  verifySlot(): Promise<never> {
    return this.cannot('take a model');
  }
  commitSlot(): Promise<never> {
    return this.cannot('take a model');
  }
  rollback(): Promise<never> {
    return this.cannot('keep models');
  }
  eraseSlot(): Promise<never> {
    return this.cannot('keep models');
  }
  startRun(): Promise<never> {
    return this.cannot('run a model');
  }
  stopRun(): Promise<never> {
    return this.cannot('run a model');
  }
  infer(): Promise<never> {
    return this.cannot('run a model');
  }
  inferLayers(): Promise<never> {
    return this.cannot('run a model');
  }
  reset(): Promise<never> {
    return this.cannot('be restarted from here');
  }

  onLost(listener: (reason: string) => void): () => void {
    this.lostListeners.add(listener);
    const { ended } = this;
    if (ended?.code === 'lost')
      queueMicrotask(() => {
        if (this.lostListeners.has(listener)) listener(lossReason(ended));
      });
    return () => this.lostListeners.delete(listener);
  }

  /** A sketch that prints numbers says nothing of buttons. */
  onButton(): () => void {
    return () => undefined;
  }

  onLog(listener: (level: number, message: string) => void): () => void {
    this.logListeners.add(listener);
    return () => this.logListeners.delete(listener);
  }

  async close(): Promise<void> {
    if (this.running) {
      this.running = undefined;
      await this.end().catch(() => undefined);
    }
    this.ended ??= closedError(this.port.path);
    this.unlisten();
    await this.transport.close();
  }

  /** Good frames, taken until now; they follow whatever was missing. */
  protected take(values: Float32Array): void {
    const running = this.running;
    const frames = values.length / this.sensor.axes.length;
    if (running && frames > 0) this.emit(running, this.clock(), values, frames);
  }

  /** So many frames are missing here. */
  protected miss(frames: number): void {
    if (this.running) this.running.gap += frames;
  }

  protected warn(message: string): void {
    const second = Math.floor(this.clock() / 1e6);
    if (second !== this.warningWindow) {
      this.warningWindow = second;
      this.warnings = 0;
    }
    if (++this.warnings > warningsPerSecond) return;
    for (const listener of [...this.logListeners]) listener(warningLevel, message);
  }

  private cannot(what: string): Promise<never> {
    const message = `The sketch on this board only ${this.habit}, it cannot ${what}.`;
    return Promise.reject(new LinkError('unsupported', message, 'Put the Dormouse firmware on the board first.'));
  }

  private lose(reason: string): void {
    if (this.ended) return;
    this.ended = lostError(this.port.path, reason);
    this.finished = this.health();
    this.running = undefined;
    this.unlisten();
    for (const listener of [...this.lostListeners]) listener(reason);
  }

  private emit(running: Running, arrival: number, values: Float32Array, frames: number): void {
    const lost = running.gap;
    const index = running.index + lost;
    running.gap = 0;
    running.lost += lost;
    running.frames += frames;
    running.index = index + frames;
    // The last frame of an arrival is the one whose time is known.
    if (frames > 0) running.fit.add(running.index - 1, arrival);
    const micros = Math.round(arrival - ((frames - 1) * 1e6) / this.sensor.ratesHz[0]);
    running.onBlock({ sensor: 0, index, micros, lost, values, frames });
  }
}

function sketchInfo(sensor: SensorInfo): DeviceInfo {
  return {
    dormouse: false,
    board: '',
    mcu: '',
    firmware: '',
    protocol: 0,
    uid: '',
    freeRam: 0,
    slotBytes: 0,
    maxPayload: 0,
    sensors: [sensor],
    slots: [],
    activeSlot: -1,
  };
}
