/** Boards with other tools' sketches as devices: SensiML's Simple Streaming and Nordic's data forwarder. */
import { SketchDevice } from '../text/sketch-device';
import type { PortInfo, Transport } from '../types';
import { nordicSensor, NordicSplitter, parseNordic, type NordicFormat } from './nordic';
import { PiccoloReader, piccoloSensor, type PiccoloFormat } from './piccolo';

const now = (): number => performance.now() * 1000;

/** A sketch reads its line until it is quiet for a second, and takes only the bare word. */
const quietMs = 1200;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const brace = 0x7b;
const quote = 0x22;
const carriageReturn = 0x0d;
const lineFeed = 0x0a;

export class PiccoloDevice extends SketchDevice {
  private readonly reader: PiccoloReader;
  /** 'text' until "connect" was sent; 'asked' until the first value. */
  private state: 'text' | 'asked' | 'values' = 'text';
  /** In the middle of a line of text, as far as is known. */
  private insideLine = true;
  /** Bytes that may begin another description; too few to tell. */
  private held: number[] = [];

  constructor(
    transport: Transport,
    port: PortInfo,
    private readonly format: PiccoloFormat,
    private readonly quiet = quietMs,
    clock = now,
  ) {
    super(transport, port, piccoloSensor(format), 'streams by its own protocol', clock);
    this.reader = new PiccoloReader(format, {
      onFrames: (values) => this.take(values),
      onMissing: (frames) => this.miss(frames),
      onDamaged: () => void this.damaged++,
    });
  }

  protected override async begin(): Promise<void> {
    await pause(this.quiet);
    await this.transport.write(new TextEncoder().encode('connect'));
    this.state = 'asked';
  }

  protected override async end(): Promise<void> {
    this.state = 'text';
    this.insideLine = true;
    await this.transport.write(new TextEncoder().encode('disconnect'));
  }

  protected receive(bytes: Uint8Array): void {
    // Packets find their own beginning.
    if (this.state === 'values' || (this.state === 'asked' && this.format.version === 2)) this.reader.push(bytes);
    else this.behindText(bytes);
  }

  /** Values without packets begin behind the end of the last description's line; one more may be under way. */
  private behindText(bytes: Uint8Array): void {
    const all = Uint8Array.from([...this.held, ...bytes]);
    this.held = [];
    for (let i = 0; i < all.length; i++) {
      if (this.insideLine) {
        this.insideLine = all[i] !== lineFeed;
        continue;
      }
      if (all[i] === brace && i + 1 === all.length) {
        this.held = [brace];
        return;
      }
      if (all[i] === carriageReturn || (all[i] === brace && all[i + 1] === quote)) {
        this.insideLine = true;
        continue;
      }
      if (this.state !== 'asked') continue;
      this.state = 'values';
      this.reader.push(all.subarray(i));
      return;
    }
  }
}

export class NordicDevice extends SketchDevice {
  private readonly splitter = new NordicSplitter((frame) => this.frame(frame));
  private expected: number | undefined;
  private batch: number[] = [];

  constructor(
    transport: Transport,
    port: PortInfo,
    private readonly format: NordicFormat,
    clock = now,
  ) {
    super(transport, port, nordicSensor(format), 'streams by its own protocol', clock);
  }

  protected override begin(): Promise<void> {
    this.expected = undefined;
    return Promise.resolve();
  }

  protected receive(bytes: Uint8Array): void {
    this.splitter.push(bytes);
    this.flush();
  }

  private frame(frame: Uint8Array): void {
    const said = parseNordic(frame);
    if (!said) {
      this.damaged++;
      return;
    }
    if (!('sample' in said)) {
      if (said.session.session !== this.format.session) this.expected = undefined;
      return;
    }
    const { sequence, values } = said.sample;
    const skipped = this.expected === undefined ? 0 : (sequence - this.expected) >>> 0;
    this.expected = (sequence + 1) >>> 0;
    if (values.length !== this.format.names.length) {
      this.flush();
      this.miss(1);
      return;
    }
    if (skipped > 0 && skipped < 0x7fffffff) {
      this.flush();
      this.miss(skipped);
    }
    if (this.streaming) this.batch.push(...values);
  }

  private flush(): void {
    if (this.batch.length === 0) return;
    const values = Float32Array.from(this.batch);
    this.batch = [];
    this.take(values);
  }
}
