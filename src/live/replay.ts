/**
 * A long recording through the board's own code, faster than it was: features of sound as it comes, of windows a stride
 * apart, or of one picture after the other; normalisation, quantization, int8 model and anomaly score, all of the core.
 * What follows, ResultSmoother, is the board's Judge to the bit. Knows nothing of captures or projects.
 */
import { setImmediate } from 'node:timers/promises';
import type { LongWork } from '../base';
import type { Core, CoreModel, Picture, SoundStream } from '../core';
import type { ModelManifest } from '../deploy';

export interface ReplayModel {
  readonly manifest: ModelManifest;
  /** Empty where nothing but the anomaly section answers. */
  readonly tflite: Uint8Array;
}

/** Results of a board over a whole recording, one after the other. */
export interface ReplayResults {
  readonly count: number;
  /** Scores of a result: one per label, none of a model that only knows the normal. */
  readonly width: number;
  /** count * width. */
  readonly scores: Int8Array;
  /** score / threshold of each result, where the model tells what is unusual. */
  readonly ratios?: Float32Array | undefined;
  /** Quantization of the scores. */
  readonly scale: number;
  readonly zeroPoint: number;
  readonly strideSeconds: number;
  /** 0 for pictures. Result i covers the seconds from i * strideSeconds on, so many. */
  readonly windowSeconds: number;
  /** Of the whole recording. */
  readonly seconds: number;
}

/** Frames handed over between two chances to cancel. */
const pieceFrames = 1 << 18;
/** Values of windows that are in memory at a time. */
const batchValues = 1 << 22;

export class Replay {
  private readonly model: CoreModel | undefined;
  private readonly sound: SoundStream | undefined;
  private readonly scores: Int8Array[] = [];
  private readonly ratios: Float32Array[] = [];
  private count = 0;
  private frames = 0;
  /** Frames that the next window begins with, of recordings that do not stream. */
  private tail = new Float32Array(0);
  /** Frames to leave out before the next window, where the stride is longer than the window. */
  private skip = 0;

  /** Close it afterwards. @throws CoreError where the model or its features cannot be. */
  constructor(
    private readonly core: Core,
    private readonly parts: ReplayModel,
  ) {
    const { block, shape, strideFrames, sensor } = parts.manifest;
    this.model = parts.tflite.length > 0 ? core.openModel(parts.tflite) : undefined;
    const streams = sensor === 'audio' && core.soundStateBytes(block, shape, strideFrames) !== undefined;
    this.sound = streams ? core.openSound(block, shape, strideFrames, 1) : undefined;
  }

  /** The next frames, in the model's axes, units and rate; pieces follow each other without a gap. */
  async push(values: Float32Array, work: LongWork = {}): Promise<void> {
    const { axes } = this.parts.manifest.shape;
    for (let at = 0; at < values.length; at += pieceFrames * axes) {
      work.signal?.throwIfAborted();
      const piece = values.subarray(at, at + pieceFrames * axes);
      if (this.sound) this.takeFeatures(this.sound.push(Int16Array.from(piece, roundedCount)));
      else this.takeWindows(piece);
      this.frames += piece.length / axes;
      work.onProgress?.({ step: 'Replaying', done: at + piece.length, total: values.length });
      await setImmediate();
    }
  }

  /** The next picture of a camera. */
  pushPicture(picture: Picture): void {
    const { core, model } = this;
    if (!model) return;
    const { block, normalisation, strideFrames } = this.parts.manifest;
    if (this.frames++ % strideFrames !== 0) return;
    const { scale, zeroPoint } = model.inputs[0];
    this.takeInput(
      core.imageInput(block, picture, normalisation.mean.length > 0 ? normalisation : undefined, scale, zeroPoint),
    );
    this.count++;
  }

  results(): ReplayResults {
    const { head = 'classes', labels, shape, strideFrames, anomaly, sensor } = this.parts.manifest;
    const width = head === 'none' ? 0 : labels.length;
    const scores = new Int8Array(this.count * width);
    if (width > 0) this.scores.forEach((one, i) => scores.set(one, i * width));
    const ratios = new Float32Array(this.count);
    let at = 0;
    for (const part of this.ratios) {
      ratios.set(part, at);
      at += part.length;
    }
    const { scale = 1, zeroPoint = 0 } = this.model?.outputs[0] ?? {};
    return {
      count: this.count,
      width,
      scores,
      ratios: anomaly ? ratios : undefined,
      scale,
      zeroPoint,
      strideSeconds: strideFrames / shape.rateHz,
      windowSeconds: sensor === 'camera' ? 0 : shape.frames / shape.rateHz,
      seconds: this.frames / shape.rateHz,
    };
  }

  close(): void {
    this.model?.close();
  }

  /** Windows of a recording that does not stream: every stride, a batch at a time. */
  private takeWindows(piece: Float32Array): void {
    const { block, shape, strideFrames } = this.parts.manifest;
    const { frames, axes } = shape;
    const skipped = Math.min(this.skip * axes, piece.length);
    this.skip -= skipped / axes;
    const values = new Float32Array(this.tail.length + piece.length - skipped);
    values.set(this.tail);
    values.set(piece.subarray(skipped), this.tail.length);
    const have = values.length / axes;
    const windows = have < frames ? 0 : Math.floor((have - frames) / strideFrames) + 1;
    const perBatch = Math.max(1, Math.floor(batchValues / (frames * axes)));
    for (let first = 0; first < windows; first += perBatch) {
      const some = Math.min(perBatch, windows - first);
      const batch = new Float32Array(some * frames * axes);
      for (let i = 0; i < some; i++) {
        const from = (first + i) * strideFrames * axes;
        batch.set(values.subarray(from, from + frames * axes), i * frames * axes);
      }
      this.takeFeatures(this.core.featuresOfMany(block, shape, batch, some));
    }
    const next = windows * strideFrames;
    this.skip += Math.max(0, next - have);
    this.tail = values.slice(Math.min(next, have) * axes);
  }

  private takeFeatures(features: Float32Array): void {
    if (features.length === 0) return;
    const { core, model } = this;
    const { normalisation, anomaly, block, shape } = this.parts.manifest;
    const rows = normalisation.mean.length > 0 ? core.normalise(features, normalisation) : features;
    const width = core.featureCount(block, shape);
    const count = rows.length / width;
    const outputs: Int8Array[] = [];
    if (model) {
      const inputs = core.quantise(rows, model.inputs[0].scale, model.inputs[0].zeroPoint);
      for (let row = 0; row < count; row++)
        outputs.push(this.takeInput(inputs.subarray(row * width, (row + 1) * width)));
    }
    if (anomaly) {
      const given = anomaly.kind === 'reconstruction' && model ? joined(outputs, width) : undefined;
      const { scale = 1, zeroPoint = 0 } = model?.outputs[0] ?? {};
      this.ratios.push(core.anomalyScore(anomaly, rows, given ? { rows: given, scale, zeroPoint } : undefined));
    }
    this.count += count;
  }

  /** Runs the model, and keeps what a RESULT would say. */
  private takeInput(input: Int8Array): Int8Array {
    const { head = 'classes', labels } = this.parts.manifest;
    const [raw] = (this.model as CoreModel).invoke([new Uint8Array(input.buffer, input.byteOffset, input.byteLength)]);
    const output = new Int8Array(raw.buffer, raw.byteOffset, raw.byteLength);
    if (head !== 'none') this.scores.push(head === 'objects' ? bestOfCells(output, labels.length) : output);
    return output;
  }
}

const roundedCount = (value: number): number => Math.max(-32768, Math.min(32767, Math.round(value)));

function joined(rows: readonly Int8Array[], width: number): Int8Array {
  const all = new Int8Array(rows.length * width);
  rows.forEach((row, i) => all.set(row, i * width));
  return all;
}

/** The largest score of each label over all cells, the background's left out. */
function bestOfCells(output: Int8Array, labels: number): Int8Array {
  const best = new Int8Array(labels).fill(-128);
  for (let cell = 0; cell < output.length; cell += labels + 1)
    for (let label = 0; label < labels; label++) best[label] = Math.max(best[label], output[cell + 1 + label]);
  return best;
}
