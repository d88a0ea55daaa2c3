/**
 * A sketch that only prints numbers, as a `Device` with one sensor and nothing else: the CSV fallback. Lines that
 * cannot be used are told to the log listeners and stored as gaps. Knows nothing of frames or of the protocol.
 */
import { closedError, LinkError, lossReason, lostError } from '../errors';
import { RateFit, snapRate } from '../rate-fit';
import type { Device, DeviceInfo, PortInfo, SampleBlock, SensorInfo, StreamHealth, Transport } from '../types';
import { LineSplitter, parseLine, stripEscapes } from './lines';
import type { TextFormat } from './sniffer';

/** Warnings a second; a sketch that prints nothing but nonsense must not drown the app in them. */
const warningsPerSecond = 10;
const warningLevel = 2;

interface Running {
  readonly onBlock: (block: SampleBlock) => void;
  readonly fit: RateFit;
  index: number;
  frames: number;
  lost: number;
  /** Bad lines since the last good one. */
  gap: number;
}

export class CsvDevice implements Device {
  readonly info: DeviceInfo;
  private readonly sensor: SensorInfo;
  private readonly splitter: LineSplitter;
  private readonly unlisten: () => void;
  private readonly lostListeners = new Set<(reason: string) => void>();
  private readonly logListeners = new Set<(level: number, message: string) => void>();
  private running: Running | undefined;
  private finished: StreamHealth = { frames: 0, lost: 0, measuredRateHz: NaN, damagedWireFrames: 0 };
  private batch: number[] = [];
  private ended: LinkError | undefined;
  private warningWindow = 0;
  private warnings = 0;

  constructor(
    private readonly transport: Transport,
    readonly port: PortInfo,
    private readonly format: TextFormat,
    private readonly clock: () => number = () => performance.now() * 1000,
  ) {
    this.sensor = {
      id: 0,
      name: 'printed numbers',
      // Three, six or nine numbers are nearly always the axes of a motion sensor.
      kind: format.columns % 3 === 0 && format.columns <= 9 ? 'motion' : 'other',
      axes: format.names.map((name) => ({ name, units: 'N/A', scale: 1 })),
      ratesHz: [format.rateHz],
    };
    this.info = textInfo(this.sensor);
    this.splitter = new LineSplitter((line) => this.line(line));
    this.unlisten = transport.listen((happening) => {
      if (happening.kind === 'data') this.data(happening.bytes);
      else this.lose(happening.reason);
    });
  }

  health(): StreamHealth {
    const running = this.running;
    if (!running) return this.finished;
    return { frames: running.frames, lost: running.lost, measuredRateHz: running.fit.rateHz, damagedWireFrames: 0 };
  }

  /** The rate is the sketch's own; `rateHz` is what the person declared, and is believed where it is close. */
  startStream(sensor: number, rateHz: number, onBlock: (block: SampleBlock) => void): Promise<number> {
    if (this.ended) return Promise.reject(this.ended);
    if (sensor !== 0)
      return Promise.reject(
        new LinkError('no-such-sensor', `The board has no sensor ${sensor}.`, 'Choose the printed numbers, sensor 0.'),
      );
    this.running = { onBlock, fit: new RateFit(), index: 0, frames: 0, lost: 0, gap: 0 };
    return Promise.resolve(snapRate(this.format.rateHz, [rateHz]));
  }

  startPictures(): Promise<never> {
    return this.cannot('send pictures');
  }

  stopStream(): Promise<void> {
    if (this.ended) return Promise.reject(this.ended);
    const running = this.running;
    if (running) {
      if (running.gap > 0) this.emit(running, NaN, new Float32Array(0), 0);
      this.finished = this.health();
      this.running = undefined;
    }
    return Promise.resolve();
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

  onLog(listener: (level: number, message: string) => void): () => void {
    this.logListeners.add(listener);
    return () => this.logListeners.delete(listener);
  }

  async close(): Promise<void> {
    this.ended ??= closedError(this.port.path);
    this.unlisten();
    this.running = undefined;
    await this.transport.close();
  }

  private cannot(what: string): Promise<never> {
    const message = `The sketch on this board only prints numbers, it cannot ${what}.`;
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

  private data(bytes: Uint8Array): void {
    this.splitter.push(bytes);
    this.flush();
  }

  private line(text: string): void {
    const running = this.running;
    if (!running) return;
    const parsed = parseLine(text);
    if (parsed.kind === 'empty') return;
    if (parsed.kind === 'numbers' && parsed.values.length === this.format.columns) {
      for (const value of parsed.values) this.batch.push(value);
      return;
    }
    this.flush();
    running.gap++;
    const why =
      parsed.kind === 'numbers'
        ? `has ${parsed.values.length} values instead of ${this.format.columns}`
        : parsed.kind === 'bad'
          ? parsed.why
          : 'is words';
    this.warn(`A line ${why} and is kept as a gap: "${stripEscapes(text).trim().slice(0, 80)}"`);
  }

  private flush(): void {
    const running = this.running;
    const batch = this.batch;
    if (!running || batch.length === 0) return;
    this.batch = [];
    this.emit(running, this.clock(), Float32Array.from(batch), batch.length / this.format.columns);
  }

  private emit(running: Running, arrival: number, values: Float32Array, frames: number): void {
    const lost = running.gap;
    const index = running.index + lost;
    running.gap = 0;
    running.lost += lost;
    running.frames += frames;
    running.index = index + frames;
    // The last line of an arrival is the one whose time is known.
    if (frames > 0) running.fit.add(running.index - 1, arrival);
    const micros = Math.round(arrival - ((frames - 1) * 1e6) / this.format.rateHz);
    running.onBlock({ sensor: 0, index, micros, lost, values, frames });
  }

  private warn(message: string): void {
    const second = Math.floor(this.clock() / 1e6);
    if (second !== this.warningWindow) {
      this.warningWindow = second;
      this.warnings = 0;
    }
    if (++this.warnings > warningsPerSecond) return;
    for (const listener of [...this.logListeners]) listener(warningLevel, message);
  }
}

function textInfo(sensor: SensorInfo): DeviceInfo {
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
