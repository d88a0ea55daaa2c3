/**
 * One connected board, shared: the live plot, a recording and the feedback buffer all listen to the same stream. Also
 * keeps the last seconds of every stream, so that what was just recognised can be stored. Knows no project.
 */
import type { Gap } from '../dataset';
import type { Device, DeviceInfo, PictureBlock, SampleBlock, SensorInfo } from '../link';
import { ProjectError } from './errors';
import { LevelMeter } from './level';

/** `level`: how much goes on in it, as level.ts has it. */
export type BlockListener = (block: SampleBlock, level: number) => void;
export type PictureListener = (picture: PictureBlock) => void;

/** How much of the past is kept for "wrong? add it to the dataset". */
const rememberedSeconds = 30;
/** A picture of 160 x 120 in colour is 58 KB here. */
const rememberedPictures = 600;

export interface RunningStream {
  readonly sensor: SensorInfo;
  readonly rateHz: number;
}

export interface Recalled {
  readonly values: Float32Array;
  readonly frames: number;
  readonly gaps: readonly Gap[];
}

export class DeviceHub {
  private stream: RunningStream | null = null;
  /** What the board was asked for; it may have set another rate that is near. */
  private askedHz = 0;
  private turn: Promise<unknown> = Promise.resolve();
  private remembered: SampleBlock[] = [];
  /** The first frame of the stream that is in no recording yet. */
  takenUntil = 0;
  private meter: LevelMeter | undefined;
  private pictures: PictureBlock[] = [];
  private readonly listeners = new Set<BlockListener>();
  private readonly pictureListeners = new Set<PictureListener>();

  /** As the board greeted us, with its slots as last asked. */
  info: DeviceInfo;

  constructor(readonly device: Device) {
    this.info = device.info;
  }

  /** Asks the board what lies in its slots now. */
  async refreshSlots(): Promise<void> {
    const { slots, active } = await this.device.listSlots();
    this.info = { ...this.info, slots, activeSlot: active };
  }

  get streaming(): RunningStream | null {
    return this.stream;
  }

  sensorById(id: number): SensorInfo {
    const sensor = this.device.info.sensors.find((candidate) => candidate.id === id);
    if (!sensor)
      throw new ProjectError(
        'device-cannot',
        `The board has no sensor number ${id}.`,
        'Choose one of the sensors it names.',
      );
    return sensor;
  }

  sensorByKind(kind: string): SensorInfo {
    const sensor = this.device.info.sensors.find((candidate) => candidate.kind === kind || candidate.name === kind);
    if (!sensor) {
      const names = this.device.info.sensors.map((candidate) => candidate.name).join(', ') || 'none';
      throw new ProjectError(
        'device-cannot',
        `The board has no ${kind} sensor (it has: ${names}).`,
        'Choose another sensor or another board.',
      );
    }
    return sensor;
  }

  listen(listener: BlockListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  listenPictures(listener: PictureListener): () => void {
    this.pictureListeners.add(listener);
    return () => this.pictureListeners.delete(listener);
  }

  /** Streams one sensor, blocks or a camera's pictures; the same one at the same rate goes on untouched. */
  start(sensorId: number, rateHz?: number): Promise<RunningStream> {
    return this.inTurn(async () => {
      const sensor = this.sensorById(sensorId);
      const wanted = rateHz ?? sensor.ratesHz[0] ?? 0;
      const same = (rate: number): boolean => Math.abs(rate - wanted) < 1e-3 * Math.max(1, wanted);
      if (this.stream?.sensor.id === sensorId && (same(this.stream.rateHz) || same(this.askedHz))) return this.stream;
      await this.halt();
      this.remembered = [];
      this.takenUntil = 0;
      this.pictures = [];
      this.meter = sensor.picture ? undefined : new LevelMeter(sensor, wanted);
      const actual = sensor.picture
        ? await this.device.startPictures(sensorId, wanted, (picture) => this.takePicture(picture))
        : await this.device.startStream(sensorId, wanted, (block) => this.take(block));
      this.stream = { sensor, rateHz: actual };
      this.askedHz = wanted;
      return this.stream;
    });
  }

  stop(): Promise<void> {
    return this.inTurn(() => this.halt());
  }

  /** Starts and stops wait for each other: two at once would leave two sensors streaming into one. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => undefined);
    return result;
  }

  private async halt(): Promise<void> {
    if (!this.stream) return;
    const sensor = this.stream.sensor.id;
    this.stream = null;
    await this.device.stopStream(sensor);
  }

  private take(block: SampleBlock): void {
    this.remembered.push(block);
    const rate = this.stream?.rateHz ?? 0;
    const oldest = block.index + block.frames - rate * rememberedSeconds;
    if (rate > 0 && this.remembered[0].index + this.remembered[0].frames < oldest) this.remembered.shift();
    const level = this.meter?.take(block) ?? 0;
    for (const listener of this.listeners) listener(block, level);
  }

  /** What is remembered from frame `index` of the stream on, block by block; the first may begin within one. */
  rememberedSince(index: number): SampleBlock[] {
    const axes = this.stream?.sensor.axes.length ?? 1;
    return this.remembered.flatMap((block) => {
      const skip = Math.min(Math.max(index - block.index, 0), block.frames);
      if (skip === block.frames) return [];
      const values = block.values.subarray(skip * axes);
      return [skip === 0 ? block : { ...block, index, lost: 0, frames: block.frames - skip, values }];
    });
  }

  private takePicture(picture: PictureBlock): void {
    this.pictures.push(picture);
    if (this.pictures.length > rememberedPictures) this.pictures.shift();
    for (const listener of this.pictureListeners) listener(picture);
  }

  /** The picture that was the newest at the device's clock `micros`; null where it is not within memory. */
  recallPicture(micros: number): PictureBlock | null {
    return this.pictures.findLast((picture) => picture.micros <= micros) ?? null;
  }

  /**
   * The `frames` frames of which the last was taken at the device's clock `micros`; null where they are not all within
   * memory. What the wire lost among them is missing from the values and told as gaps, as in a recording.
   */
  recall(micros: number, frames: number): Recalled | null {
    const stream = this.stream;
    const near = this.remembered.findLast((block) => block.micros <= micros);
    if (!stream || !near) return null;
    const axes = stream.sensor.axes.length;
    const end = near.index + Math.round(((micros - near.micros) / 1e6) * stream.rateHz) + 1;
    const begin = end - frames;
    const last = this.remembered[this.remembered.length - 1];
    if (begin < this.remembered[0].index || end > last.index + last.frames) return null;
    const values = new Float32Array(frames * axes);
    const gaps: Gap[] = [];
    let filled = 0;
    let next = begin;
    for (const block of this.remembered) {
      const from = Math.max(begin, block.index);
      const to = Math.min(end, block.index + block.frames);
      if (from >= to) continue;
      if (from > next && filled > 0) gaps.push({ at: filled, lost: from - next });
      values.set(block.values.subarray((from - block.index) * axes, (to - block.index) * axes), filled * axes);
      filled += to - from;
      next = to;
    }
    return filled === 0 ? null : { values: values.slice(0, filled * axes), frames: filled, gaps };
  }
}
