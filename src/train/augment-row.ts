/**
 * What augmentation does to one row, in TypeScript, for engines that have no kernel of their own for it: the twin of
 * kernels/augment.cpp, step by step in float32, with the same noise.
 */
import type { AugmentShape } from './augment';
import type { Augmentation, MotionAugmentation } from './engine';

const single = Math.fround;

/** hashOf() of kernels/math.h: 32 well-mixed bits from a seed and a counter. */
function hashOf(seed: number, counter: number): number {
  let z = (seed ^ Math.imul(counter, 0x9e3779b9)) >>> 0;
  for (let round = 0; round < 2; round++) {
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    z = ((z ^ (z >>> 16)) + seed) >>> 0;
  }
  return z;
}

/** normalOf() of kernels/math.h: roughly normal, mean 0 and variance 1. */
function normalOf(seed: number, counter: number): number {
  const a = hashOf(seed, Math.imul(counter, 2));
  const b = hashOf(seed, Math.imul(counter, 2) + 1);
  const sum = (a & 0xffff) + (a >>> 16) + (b & 0xffff) + (b >>> 16) - 131070;
  return single(sum * single(single(1.7320508) / 65536));
}

export interface RowChange {
  readonly kind: Augmentation['kind'];
  readonly shape: AugmentShape;
  /** As drawAugmentation() makes them for this row. */
  readonly parameters: Float32Array;
  /** Of motion, where known. */
  readonly units?: MotionAugmentation['units'];
  /** The batch's; and the row's place in the batch, which the noise depends on. */
  readonly noiseSeed: number;
  readonly row: number;
}

function addNoise(out: Float32Array, deviation: number, { noiseSeed, row }: RowChange): void {
  if (deviation === 0) return;
  const seed = hashOf((noiseSeed ^ 0x6a09e667) >>> 0, row);
  for (let i = 0; i < out.length; i++) out[i] += single(deviation * normalOf(seed, i));
}

/** Where frame t of a moved window lies in the original, between 0 and last. */
function sourceOf(t: number, last: number, speed: number, shift: number): number {
  const middle = single(last * 0.5);
  const at = single(single(single(single(t - middle) * speed) + middle) + shift);
  return Math.min(Math.max(at, 0), last);
}

/** Turns axes a to a + 2, in the sensor's own units where they are known. */
function turnVector(frame: Float32Array, a: number, turn: readonly number[], units: RowChange['units']): void {
  const from = [0, 1, 2].map((i) =>
    units ? single(single(frame[a + i] * single(units.deviation[a + i])) + single(units.mean[a + i])) : frame[a + i],
  );
  for (let i = 0; i < 3; i++) {
    const products = [0, 1, 2].map((j) => single(turn[i * 3 + j] * from[j]));
    const turned = single(single(products[0] + products[1]) + products[2]);
    if (!units) frame[a + i] = turned;
    else if (single(units.deviation[a + i]) > 0)
      frame[a + i] = single(turned - single(units.mean[a + i])) / single(units.deviation[a + i]);
    else frame[a + i] = 0;
  }
}

function moveWindow(from: Float32Array, change: RowChange): Float32Array {
  const [gain, shift, speed, jitter, offset, ...turn] = change.parameters;
  const frames = change.shape[0];
  const axes = change.shape[1] * change.shape[2];
  const levelSeed = hashOf((change.noiseSeed ^ 0xbb67ae85) >>> 0, change.row);
  const out = new Float32Array(from.length);
  for (let t = 0; t < frames; t++) {
    const at = sourceOf(t, frames - 1, speed, shift);
    const before = Math.trunc(at);
    const after = Math.min(before + 1, frames - 1);
    const frame = out.subarray(t * axes, (t + 1) * axes);
    for (let a = 0; a < axes; a++) {
      const left = from[before * axes + a];
      const moved = single(left + single(single(from[after * axes + a] - left) * single(at - before)));
      frame[a] = single(moved * gain);
    }
    for (let a = 0; frames > 1 && axes % 3 === 0 && a < axes; a += 3) turnVector(frame, a, turn, change.units);
    for (let a = 0; a < axes && offset > 0; a++) frame[a] += single(offset * normalOf(levelSeed, a));
  }
  addNoise(out, jitter, change);
  return out;
}

function varySpectrogram(from: Float32Array, other: Float32Array, change: RowChange): Float32Array {
  const [shift, offset, noise, share, , ...masks] = change.parameters;
  const frames = change.shape[0];
  const bins = change.shape[1] * change.shape[2];
  const out = new Float32Array(from.length);
  for (let t = 0; t < frames; t++) {
    const source = Math.min(Math.max(t - shift, 0), frames - 1);
    for (let b = 0; b < bins; b++) {
      const own = from[source * bins + b];
      const mixed = single(own + single(single(other[t * bins + b] - own) * share));
      out[t * bins + b] = mixed + offset;
    }
  }
  addNoise(out, noise, change);
  for (const [first, count] of [masks.slice(0, 2), masks.slice(2, 4)])
    out.fill(0, first * bins, (first + count) * bins);
  for (const [first, count] of [masks.slice(4, 6), masks.slice(6, 8)])
    for (let t = 0; t < frames; t++) out.fill(0, t * bins + first, t * bins + first + count);
  return out;
}

function varyImage(from: Float32Array, change: RowChange): Float32Array {
  const [mirrored, down, right, brightness, contrast, noise] = change.parameters;
  const [height, width, channels] = change.shape;
  const mean = single(from.reduce((sum, value) => single(sum + value), 0) / from.length);
  const level = single(single(mean - single(mean * contrast)) + brightness);
  const out = new Float32Array(from.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const sourceY = y - down;
      const moved = x - right;
      const inside = sourceY >= 0 && sourceY < height && moved >= 0 && moved < width;
      const sourceX = mirrored ? width - 1 - moved : moved;
      for (let c = 0; c < channels; c++) {
        const value = inside ? from[(sourceY * width + sourceX) * channels + c] : 0;
        out[(y * width + x) * channels + c] = single(value * contrast) + level;
      }
    }
  addNoise(out, noise, change);
  return out;
}

/** A changed copy of a row. `other` is the row of the batch that parameters[4] of a spectrogram names. */
export function augmentRow(from: Float32Array, other: Float32Array, change: RowChange): Float32Array {
  if (change.kind === 'motion') return moveWindow(from, change);
  return change.kind === 'spectrogram' ? varySpectrogram(from, other, change) : varyImage(from, change);
}

/** The labels of a row's cells after the picture was mirrored and moved: what came in from outside is background, 0. */
export function movedLabels(
  labels: Int32Array,
  grid: readonly number[],
  change: Pick<RowChange, 'shape' | 'parameters'>,
) {
  const [rows, columns] = grid;
  const [height, width] = change.shape;
  const [mirrored, down, right] = change.parameters;
  return labels.map((_, cell) => {
    const row = Math.floor(cell / columns) - down / Math.floor(height / rows);
    const moved = (cell % columns) - right / Math.floor(width / columns);
    if (row < 0 || row >= rows || moved < 0 || moved >= columns) return 0;
    return labels[row * columns + (mirrored ? columns - 1 - moved : moved)];
  });
}
