/**
 * Draws what augmentation does to each row of a batch: up to 16 parameters per row, which the kernels
 * (kernels/augment.cpp) or augmentRow() (augment-row.ts) then carry out. Every engine draws the same for a seed.
 */
import type { Random } from '../base';
import type { Augmentation, ImageAugmentation, MotionAugmentation, SpectrogramAugmentation } from './engine';
import { rotationOf } from './rotation';

/** kAugmentValues of kernels/program.h. */
export const augmentValues = 16;

/** The input as [frames, axes, channels] of motion, [frames, bins, 1] of a spectrogram, [height, width, channels] of an image. */
export type AugmentShape = readonly [number, number, number];

/** A flat list of values has one frame; lists over time have one channel. */
export function augmentShapeOf(input: readonly number[]): AugmentShape {
  return input.length === 1 ? [1, input[0], 1] : [input[0], input[1], input[2] ?? 1];
}

/** Uniform in -1..1. */
const within = (random: Random): number => random.uniform() * 2 - 1;

/** Gain, shift in frames, speed, noise, offset's deviation, then a turn as three rows of three. */
function drawMotion(augmentation: MotionAugmentation, frames: number, random: Random): number[] {
  const moving = frames > 1 ? 1 : 0;
  const gain = 1 + augmentation.scale * within(random);
  const shift = moving * augmentation.shift * frames * within(random);
  const speed = 1 + moving * augmentation.warp * within(random);
  const turn = [0, 1, 2].map(() => (within(random) * augmentation.rotation) / 2);
  return [gain, shift, speed, augmentation.jitter, augmentation.offset, ...rotationOf(turn[0], turn[1], turn[2])];
}

/** Whole number from -largest to largest. */
const wholeWithin = (largest: number, random: Random): number => random.below(2 * largest + 1) - largest;

/** First index and length of a stretch of up to `widest` of `length`. */
function drawStretch(length: number, widest: number, random: Random): [number, number] {
  const count = random.below(Math.floor(widest * length) + 1);
  return [random.below(length - count + 1), count];
}

/** Shift in frames, offset, noise, share and place of the row that is mixed in, two stretches of time, two bands. */
function drawSpectrogram(
  augmentation: SpectrogramAugmentation,
  [frames, bins]: readonly [number, number],
  row: number,
  rows: number,
  random: Random,
): number[] {
  const { timeMasks, timeMaskWidth, frequencyMasks, frequencyMaskWidth } = augmentation;
  const shift = wholeWithin(Math.floor(augmentation.timeShift * frames), random);
  const gain = augmentation.gain * within(random);
  const share = augmentation.mix * random.uniform();
  const other = rows > 1 ? (row + 1 + random.below(rows - 1)) % rows : row;
  const masks = [0, 1].flatMap((mask) => (mask < timeMasks ? drawStretch(frames, timeMaskWidth, random) : [0, 0]));
  const bands = [0, 1].flatMap((band) =>
    band < frequencyMasks ? drawStretch(bins, frequencyMaskWidth, random) : [0, 0],
  );
  return [shift, gain, augmentation.noise, share, other, ...masks, ...bands];
}

/** Height and width of what a model answers by itself, in pixels of its input: where labels move along with the picture. */
export type CellSize = readonly [number, number];

/** For cells of [h, w, classes] their size; [1, 1] for whatever answers for the whole row. */
export function cellSizeOf(input: readonly number[], output: readonly number[]): CellSize {
  if (input.length !== 3 || output.length !== 3) return [1, 1];
  return [Math.floor(input[0] / output[0]), Math.floor(input[1] / output[1])];
}

/** 1 = mirrored, shift down and right in pixels (by whole cells), brightness, contrast as a factor, noise. */
function drawImage(
  augmentation: ImageAugmentation,
  [height, width]: readonly [number, number],
  [cellHeight, cellWidth]: CellSize,
  random: Random,
): number[] {
  const mirrored = augmentation.flip ? random.below(2) : 0;
  const down = cellHeight * wholeWithin(Math.floor((augmentation.crop * height) / cellHeight), random);
  const right = cellWidth * wholeWithin(Math.floor((augmentation.crop * width) / cellWidth), random);
  const brightness = augmentation.brightness * within(random);
  return [mirrored, down, right, brightness, 1 + augmentation.contrast * within(random), augmentation.noise];
}

/** [rows][augmentValues] for one batch. */
export function drawAugmentation(
  augmentation: Augmentation,
  [frames, axes, channels]: AugmentShape,
  rows: number,
  random: Random,
  cell: CellSize = [1, 1],
): Float32Array {
  const parameters = new Float32Array(rows * augmentValues);
  for (let row = 0; row < rows; row++) {
    const drawn =
      augmentation.kind === 'motion'
        ? drawMotion(augmentation, frames, random)
        : augmentation.kind === 'spectrogram'
          ? drawSpectrogram(augmentation, [frames, axes * channels], row, rows, random)
          : drawImage(augmentation, [frames, axes], cell, random);
    parameters.set(drawn, row * augmentValues);
  }
  return parameters;
}
