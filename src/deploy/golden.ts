/**
 * Golden vectors: a few windows with what the model must answer, computed here with the board's own core and run
 * again on the board before a model is committed. Knows nothing of images.
 *
 * A second of sound or a picture would cost more flash than the model: of sound a short piece is repeated until the
 * window is full, of pictures a small one is brought to the model's size by the board (firmware/MODEL_SLOT.md 1).
 */
import type { Core, CoreModel, Picture } from '../core';
import { roundedRateHz } from './manifest';
import type { GoldenVector, ModelManifest } from './types';

/** Windows that are looked at to find some with different answers; more would only cost time. */
const candidates = 64;
/** Frames of the repeated piece of sound: a prime, so that no frame of the features sees the same part twice. */
const pieceFrames = 997;
/** Longest side of a test picture. */
const pictureSide = 32;

interface Answered {
  readonly vector: GoldenVector;
  readonly winner: number;
}

/** Answers for one model, in the order in which a board computes them. */
class Answerer {
  constructor(
    private readonly core: Core,
    private readonly manifest: ModelManifest,
    private readonly model: CoreModel | undefined,
  ) {}

  fromWindow(window: Float32Array): Answered {
    const { core, manifest, model } = this;
    const shape = { ...manifest.shape, rateHz: roundedRateHz(manifest.shape.rateHz) };
    const features = core.features(manifest.block, shape, window);
    const { normalisation, anomaly } = manifest;
    const normalised = normalisation.mean.length > 0 ? core.normalise(features, normalisation) : features;
    const input = model
      ? core.quantise(normalised, model.inputs[0].scale, model.inputs[0].zeroPoint)
      : new Int8Array(0);
    const output = this.invoke(input);
    const rows = model ? { rows: output, ...quantizationOf(model) } : undefined;
    const score = anomaly ? core.anomalyScore(anomaly, normalised, rows)[0] : undefined;
    return { vector: { window, input, output, score }, winner: output.indexOf(Math.max(...output)) };
  }

  fromPicture(picture: Picture): Answered {
    const { core, manifest, model } = this;
    if (!model) throw new Error('A camera’s image always has a model.');
    const { scale, zeroPoint } = model.inputs[0];
    const normalisation = manifest.normalisation.mean.length > 0 ? manifest.normalisation : undefined;
    const input = core.imageInput(manifest.block, picture, normalisation, scale, zeroPoint);
    const output = this.invoke(input);
    return { vector: { picture, input, output }, winner: output.indexOf(Math.max(...output)) };
  }

  private invoke(input: Int8Array): Int8Array {
    if (!this.model) return new Int8Array(0);
    this.model.reset();
    const [raw] = this.model.invoke([new Uint8Array(input.buffer, input.byteOffset, input.byteLength)]);
    return new Int8Array(raw.buffer, raw.byteOffset, raw.byteLength).slice();
  }
}

const quantizationOf = ({ outputs }: CoreModel): { scale: number; zeroPoint: number } => ({
  scale: outputs[0].scale,
  zeroPoint: outputs[0].zeroPoint,
});

/** Evenly among the windows, at most so many as are worth looking at. */
function some(windows: readonly Float32Array[]): Float32Array[] {
  const step = Math.max(1, Math.floor(windows.length / candidates));
  return windows.filter((_, i) => i % step === 0).slice(0, candidates);
}

/** The loudest piece of a window, as raw counts. */
function pieceOf(window: Float32Array, axes: number): Int16Array {
  const frames = Math.min(pieceFrames, window.length / axes);
  const last = window.length / axes - frames;
  let best = { from: 0, energy: -1 };
  for (let from = 0; from <= last; from += Math.max(1, frames >> 1)) {
    const energy = window.subarray(from * axes, (from + frames) * axes).reduce((sum, value) => sum + value * value, 0);
    if (energy > best.energy) best = { from, energy };
  }
  return Int16Array.from(window.subarray(best.from * axes, (best.from + frames) * axes), (value) =>
    Math.max(-32768, Math.min(32767, Math.round(value))),
  );
}

/** The first vector proves the features on a repeated piece; the others the model on real windows. */
function ofSound(
  answerer: Answerer,
  { shape, anomaly }: ModelManifest,
  windows: readonly Float32Array[],
  count: number,
): GoldenVector[] {
  if (windows.length === 0 || count < 1) return [];
  const values = shape.frames * shape.axes;
  const sound = pieceOf(windows[0], shape.axes);
  const repeated = Float32Array.from({ length: values }, (_, i) => sound[i % sound.length]);
  const { input, output, score } = answerer.fromWindow(repeated).vector;
  const first = { sound, input, output, score };
  if (input.length === 0) return [first];
  const others = chooseDifferent(
    windows.map((window) => answerer.fromWindow(window)),
    count - 1,
  );
  // The score needs features, which an input does not bring; a reconstruction's output is there all the same.
  return [
    first,
    ...others.map(({ vector }) => ({
      input: vector.input,
      output: vector.output,
      ...(anomaly ? { score: undefined } : {}),
    })),
  ];
}

/** The window as a picture of a few pixels, in a format that cameras have. */
function smallPicture(window: Float32Array, { shape }: ModelManifest): Picture {
  const { axes } = shape;
  const fullWidth = shape.width ?? shape.frames;
  const fullHeight = shape.frames / fullWidth;
  const step = Math.max(1, Math.ceil(Math.max(fullWidth, fullHeight) / pictureSide));
  const [width, height] = [Math.ceil(fullWidth / step), Math.ceil(fullHeight / step)];
  const bytes = new Uint8Array(width * height * (axes === 1 ? 1 : 2));
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = (y * step * fullWidth + x * step) * axes;
      const to = y * width + x;
      const [red, green, blue] = [0, 1, 2].map((axis) =>
        Math.max(0, Math.min(255, Math.round(window[at + Math.min(axis, axes - 1)]))),
      );
      if (axes === 1) bytes[to] = red;
      else {
        const packed = ((red >> 3) << 11) | ((green >> 2) << 5) | (blue >> 3);
        bytes[2 * to] = packed & 255;
        bytes[2 * to + 1] = packed >> 8;
      }
    }
  return { width, height, format: axes === 1 ? 'gray8' : 'rgb565', bytes };
}

/**
 * Chooses up to `count` of the windows so that as many different labels as possible are answered, in the order in
 * which they come. Of motion only the first carries its samples, so that the board proves its features too; each
 * further one costs flash for the model's input and output only.
 * @param tflite empty where nothing but the manifest's anomaly section answers.
 * @param windows frames * axes values each, in the sensor's units (pixels 0 to 255, sound as raw counts); best from
 * held-out captures.
 * @throws CoreError where the model or the features cannot be computed.
 */
export function goldenVectors(
  core: Core,
  manifest: ModelManifest,
  tflite: Uint8Array,
  windows: readonly Float32Array[],
  count = 4,
): GoldenVector[] {
  const model = tflite.length > 0 ? core.openModel(tflite) : undefined;
  try {
    const answerer = new Answerer(core, manifest, model);
    const looked = some(windows);
    if (manifest.sensor === 'audio') return ofSound(answerer, manifest, looked, count);
    if (manifest.block.kind === 'image')
      return chooseDifferent(
        looked.map((window) => answerer.fromPicture(smallPicture(window, manifest))),
        count,
      ).map(({ vector }) => vector);
    const chosen = chooseDifferent(
      looked.map((window) => answerer.fromWindow(window)),
      model ? count : 1,
    );
    return chosen.map(({ vector: { window, input, output, score } }, i) =>
      i === 0
        ? { window: window?.slice(), input, output, ...(score === undefined ? {} : { score }) }
        : { window: undefined, input, output },
    );
  } finally {
    model?.close();
  }
}

/** First one of each answer, then second ones, until there are enough. */
function chooseDifferent(answered: readonly Answered[], count: number): Answered[] {
  const seen = new Map<number, number>();
  const turns = answered.map(({ winner }) => {
    const turn = seen.get(winner) ?? 0;
    seen.set(winner, turn + 1);
    return turn;
  });
  return answered
    .map((item, i) => ({ item, turn: turns[i], i }))
    .sort((a, b) => a.turn - b.turn || a.i - b.i)
    .slice(0, count)
    .map(({ item }) => item);
}
