/**
 * A connected board that speaks the Dormouse protocol, as the interface `Device`. Knows each request and its answer;
 * leaves numbering, repeating and waiting to the session, and the bytes to the transport.
 */
import { LinkError } from './errors';
import { PictureStream } from './pictures';
import type { Session } from './session';
import { writeSlotImage } from './slot-writer';
import { SampleStream } from './streams';
import type {
  Device,
  DeviceInference,
  DeviceInfo,
  DeviceObjects,
  DeviceResult,
  InferKind,
  PictureBlock,
  PortInfo,
  RunInfo,
  SampleBlock,
  SensorInfo,
  SlotInfo,
  StreamHealth,
  Transport,
} from './types';
import { readButton, readLog, readNumbers, readSlotList } from './wire/hello';
import {
  adpcmFormat,
  control,
  event,
  FieldReader,
  noPayload,
  pictureHeader,
  request,
  samplesHeader,
} from './wire/messages';

/** Erasing a slot takes up to 85 ms a page on an nRF52840: 40 s covers 1.8 MB. */
const eraseWait = { timeoutMs: 20_000, tries: 2 };
/** The answer waits behind the samples that are on the line already: at 11,520 B/s, 32 KB take 3 s. */
const stopWait = { timeoutMs: 2000, tries: 4 };
const resetWait = { timeoutMs: 500, tries: 1 };
/** Golden vectors are inferences, and the first run of a model may be slow. */
const verifyWait = { timeoutMs: 20_000, tries: 2 };

/** On a UART: start bit, 8 bits, stop bit. */
const bitsPerByte = 10;
/** Of a line, for the values themselves: the rest is heads, checks and answers. */
const usableShare = 0.9;

export class DormouseDevice implements Device {
  private readonly streams = new Map<number, SampleStream | PictureStream>();
  private latest: SampleStream | PictureStream | undefined;
  private onResult: ((result: DeviceResult) => void) | undefined;
  private onObjects: ((found: DeviceObjects) => void) | undefined;
  private readonly logListeners = new Set<(level: number, message: string) => void>();
  private readonly buttonListeners = new Set<(pressed: boolean) => void>();
  private inference: Promise<unknown> = Promise.resolve();
  private strangeEvents = 0;
  private closing: Promise<void> | undefined;
  /** Whether the line is a UART's; asked once, when it matters. */
  private hasSpeed: Promise<boolean> | undefined;

  constructor(
    private readonly session: Session,
    private readonly transport: Transport,
    readonly info: DeviceInfo,
    readonly port: PortInfo,
  ) {}

  /** Every event of the session comes here; one that cannot be understood is counted, never thrown. */
  handleEvent(type: number, payload: Uint8Array): void {
    if (type === event.samples || type === event.picture) {
      this.handleSensor(type, payload);
      return;
    }
    try {
      if (type === event.result) this.onResult?.(readResult(payload));
      else if (type === event.objects) this.onObjects?.(readObjects(payload));
      else if (type === event.button) {
        const { pressed } = readButton(payload);
        for (const listener of [...this.buttonListeners]) listener(pressed);
      } else if (type === event.log) {
        const { level, message } = readLog(payload);
        this.log(level, message);
      }
    } catch (error) {
      if (!(error instanceof LinkError)) throw error;
      this.strangeEvents++;
    }
  }

  private handleSensor(type: number, payload: Uint8Array): void {
    const [header, kind] = type === event.samples ? [samplesHeader, SampleStream] : [pictureHeader, PictureStream];
    // A block of a stream that was just stopped may still be under way: nobody misses it.
    const stream = this.streams.get(payload[0]);
    const sound = payload.length > header && (!stream || (stream instanceof kind && stream.receive(payload)));
    if (!sound) this.strangeEvents++;
  }

  /** Of all streams since each was started; the rate is that of the stream started last, or of `sensor`. */
  health(sensor?: number): StreamHealth {
    const all = [...this.streams.values()].filter((stream) => sensor === undefined || stream.sensor.id === sensor);
    const rated = sensor === undefined ? this.latest : all[0];
    return {
      frames: all.reduce((sum, stream) => sum + stream.frames, 0),
      lost: all.reduce((sum, stream) => sum + stream.lost, 0),
      measuredRateHz: rated?.fit.rateHz ?? NaN,
      damagedWireFrames: this.session.damagedFrames + this.strangeEvents,
    };
  }

  async startStream(sensorId: number, rateHz: number, onBlock: (block: SampleBlock) => void): Promise<number> {
    const sensor = this.sensor(sensorId);
    if (sensor.kind === 'camera')
      throw new LinkError('unsupported', `The ${sensor.name} gives pictures, not values.`, 'Ask it for pictures.');
    return this.start(sensor, rateHz, new SampleStream(sensor, onBlock));
  }

  async startPictures(sensorId: number, rateHz: number, onPicture: (picture: PictureBlock) => void): Promise<number> {
    const sensor = this.sensor(sensorId);
    if (!sensor.picture)
      throw new LinkError('unsupported', `The ${sensor.name} gives no pictures.`, 'Choose a camera.');
    return this.start(sensor, rateHz, new PictureStream(sensor, sensor.picture, onPicture));
  }

  private async start(sensor: SensorInfo, rateHz: number, stream: SampleStream | PictureStream): Promise<number> {
    if (!(rateHz > 0 && rateHz <= 4_000_000))
      throw new LinkError(
        'unsupported',
        `A sensor cannot run at ${rateHz} Hz.`,
        `Choose one of ${sensor.ratesHz.join(', ')} Hz.`,
      );
    if (this.streams.has(sensor.id)) await this.stopStream(sensor.id);
    // Listening begins before the board is asked: its first block may come with the answer.
    this.streams.set(sensor.id, stream);
    try {
      const compress = stream instanceof SampleStream && (await this.needsCompression(sensor, rateHz));
      const answer = await this.session.request(
        request.streamStart,
        control({ s: sensor.id, r: Math.round(rateHz * 1000), ...(compress && { f: adpcmFormat }) }),
      );
      this.latest = stream;
      return readNumbers(answer, 'answer to a start', 'r').r / 1000;
    } catch (error) {
      if (this.streams.get(sensor.id) === stream) this.streams.delete(sensor.id);
      throw error;
    }
  }

  /** Sound that the line is too slow for. A board on native USB has no speed, and says so when asked to keep the one it has. */
  private async needsCompression(sensor: SensorInfo, rateHz: number): Promise<boolean> {
    const { baud } = this.transport;
    if (sensor.kind !== 'audio' || sensor.axes.length !== 1 || baud === undefined) return false;
    if (rateHz * 2 < (baud / bitsPerByte) * usableShare) return false;
    this.hasSpeed ??= this.session.request(request.baud, control({ b: baud })).then(
      () => true,
      (error: unknown) => {
        if (error instanceof LinkError && error.code.startsWith('device-')) return false;
        throw error;
      },
    );
    return this.hasSpeed;
  }

  /** What was still missing at the end comes as a last, empty block; the figures stay readable until the next start. */
  async stopStream(sensorId: number): Promise<void> {
    this.sensor(sensorId);
    const answer = await this.session.request(request.streamStop, control({ s: sensorId }), stopWait);
    const { n, d } = readNumbers(answer, 'answer to a stop', 'n', 'd');
    this.streams.get(sensorId)?.finish(n + d);
  }

  async listSlots(): Promise<{ slots: readonly SlotInfo[]; active: number }> {
    return readSlotList(await this.session.request(request.slotList, noPayload));
  }

  async beginSlot(imageBytes: number, crc: number): Promise<{ slot: number }> {
    const answer = await this.session.request(request.slotBegin, control({ n: imageBytes, c: crc }), eraseWait);
    return { slot: readNumbers(answer, 'answer to the begin of a model', 's').s };
  }

  writeSlot(image: Uint8Array, onProgress?: (bytes: number) => void, signal?: AbortSignal): Promise<void> {
    return writeSlotImage(this.session, image, { maxPayload: this.info.maxPayload, onProgress, signal });
  }

  async verifySlot(): Promise<{ goldenVectors: number; micros: number }> {
    const answer = await this.session.request(request.slotVerify, noPayload, verifyWait);
    const { g, us } = readNumbers(answer, 'answer to a verification', 'g', 'us');
    return { goldenVectors: g, micros: us };
  }

  async commitSlot(): Promise<void> {
    await this.session.request(request.slotCommit, noPayload, { timeoutMs: 2000 });
  }

  async rollback(): Promise<{ active: number }> {
    const answer = await this.session.request(request.slotRollback, noPayload, { timeoutMs: 2000 });
    return { active: readNumbers(answer, 'answer to a rollback', 'active').active };
  }

  async eraseSlot(slot: number): Promise<void> {
    await this.session.request(request.slotErase, control({ s: slot }), eraseWait);
  }

  async startRun(
    onResult: (result: DeviceResult) => void,
    onObjects?: (found: DeviceObjects) => void,
  ): Promise<RunInfo> {
    this.onResult = onResult;
    this.onObjects = onObjects;
    try {
      const answer = await this.session.request(request.runStart, control({ w: 0 }), { timeoutMs: 2000 });
      const run = readNumbers(answer, 'answer to the start of recognition', 'stride_us', 'window', 'labels');
      return { strideMicros: run.stride_us, windowFrames: run.window, labels: run.labels };
    } catch (error) {
      this.onResult = this.onObjects = undefined;
      throw error;
    }
  }

  async stopRun(): Promise<void> {
    await this.session.request(request.runStop, noPayload);
    this.onResult = this.onObjects = undefined;
  }

  /** One inference at a time; a second call waits for the first. */
  infer(kind: InferKind, bytes: Uint8Array): Promise<DeviceInference> {
    const result = this.inference.then(() => this.inferAlone(inferKinds.indexOf(kind), bytes));
    this.inference = result.catch(() => undefined);
    return result;
  }

  /** Microseconds of each of the model's operators, in the order of execution: one inference, timed on the board. */
  inferLayers(kind: InferKind, bytes: Uint8Array): Promise<number[]> {
    const result = this.inference.then(() => this.layersAlone(inferKinds.indexOf(kind), bytes));
    this.inference = result.catch(() => undefined);
    return result;
  }

  /** The board goes away in both modes: this connection ends as if it were unplugged. */
  async reset(mode: 'restart' | 'bootloader'): Promise<void> {
    // Asked once only, since a repeated request would restart it again; a board that is gone too fast to answer did it.
    const asked = this.session.request(request.reset, control({ m: mode === 'bootloader' ? 1 : 0 }), resetWait);
    await asked.catch((error: unknown) => {
      if (!(error instanceof LinkError && (error.code === 'timeout' || error.code === 'lost'))) throw error;
    });
    this.session.lose('the board restarts');
    await this.transport.close();
  }

  onLost(listener: (reason: string) => void): () => void {
    return this.session.onLost(listener);
  }

  onButton(listener: (pressed: boolean) => void): () => void {
    this.buttonListeners.add(listener);
    return () => this.buttonListeners.delete(listener);
  }

  onLog(listener: (level: number, message: string) => void): () => void {
    this.logListeners.add(listener);
    return () => this.logListeners.delete(listener);
  }

  /** Says goodbye, so that the board prints numbers again, and lets go of the port. Safe to call twice, or when lost. */
  close(): Promise<void> {
    this.closing ??= this.sayGoodbye();
    return this.closing;
  }

  private async sayGoodbye(): Promise<void> {
    await this.session.send(request.bye, noPayload, { timeoutMs: 300, tries: 1 }).catch(() => undefined);
    this.session.end();
    await this.transport.close();
  }

  private async sendInferData(kind: number, bytes: Uint8Array): Promise<void> {
    const pieceBytes = (this.info.maxPayload - 8) & ~3;
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      const piece = bytes.subarray(at, at + pieceBytes);
      const payload = new Uint8Array(8 + piece.length);
      payload[0] = kind;
      new DataView(payload.buffer).setUint32(4, at, true);
      payload.set(piece, 8);
      await this.session.request(request.inferData, payload);
    }
  }

  private async layersAlone(kind: number, bytes: Uint8Array): Promise<number[]> {
    await this.sendInferData(kind, bytes);
    const answer = await this.session.request(request.inferRun, control({ k: kind, l: 1 }), inferWait);
    const fields = new FieldReader(answer, 'layers');
    return Array.from({ length: fields.u32() }, () => fields.u32());
  }

  private async inferAlone(kind: number, bytes: Uint8Array): Promise<DeviceInference> {
    await this.sendInferData(kind, bytes);
    const answer = await this.session.request(request.inferRun, control({ k: kind }), inferWait);
    const fields = new FieldReader(answer, 'inference');
    const dspMicros = fields.u32();
    const modelMicros = fields.u32();
    const output = fields.int8s(fields.u32());
    const input = fields.int8s(fields.u32());
    return { dspMicros, modelMicros, output, input, ...(fields.left > 0 ? { anomaly: fields.f32() } : {}) };
  }

  private sensor(id: number): SensorInfo {
    const sensor = this.info.sensors.find((one) => one.id === id);
    if (sensor) return sensor;
    const known = this.info.sensors.map((one) => one.name).join(', ') || 'none';
    throw new LinkError('no-such-sensor', `The board has no sensor ${id}.`, `Choose one of its sensors: ${known}.`);
  }

  private log(level: number, message: string): void {
    for (const listener of [...this.logListeners]) listener(level, message);
  }
}

const inferWait = { timeoutMs: 5000, tries: 2 };
/** In the order of their numbers. */
const inferKinds: readonly InferKind[] = ['window', 'input', 'sound', 'picture'];

function readResult(payload: Uint8Array): DeviceResult {
  const fields = new FieldReader(payload, 'result');
  const window = fields.u32();
  const micros = fields.u64();
  const dspMicros = fields.u32();
  const modelMicros = fields.u32();
  const label = fields.i8();
  const scores = fields.int8s(fields.u8());
  const anomaly = fields.left > 0 ? { anomaly: fields.f32() } : {};
  return { window, micros, dspMicros, modelMicros, label, scores, ...anomaly };
}

function readObjects(payload: Uint8Array): DeviceObjects {
  const fields = new FieldReader(payload, 'objects');
  const window = fields.u32();
  const objects = Array.from({ length: fields.u8() }, () => {
    const label = fields.u8();
    const score = fields.i8();
    return { label, score, x: fields.u16() / 65535, y: fields.u16() / 65535 };
  });
  return { window, objects };
}
