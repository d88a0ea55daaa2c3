/** What augmentation does to rows: the kernels against their twin in TypeScript, and what each kind may and may not change. */
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base';
import type { ModelSpec } from '../../src/model';
import { coreEngine, defaultAugmentationFor, type Augmentation, type LabelledRows } from '../../src/train';
import { augmentShapeOf, augmentValues, drawAugmentation } from '../../src/train/augment';
import { augmentRow } from '../../src/train/augment-row';
import { augmentKinds } from '../../src/train/layout';
import { axisUnits } from '../../src/train/loop';
import { kernelHeapBase, kernelModule, Machine, reserveMemory } from '../../src/train/machine';
import { planProgram } from '../../src/train/plan';

const count = 24;
const noiseSeed = 0x9abcdef1;

function specFor(input: readonly number[]): ModelSpec {
  const flat = input.length > 1 ? [{ kind: 'flatten' } as const] : [];
  return { version: 1, input, layers: [...flat, { kind: 'dense', units: 2, activation: 'none' }, { kind: 'softmax' }] };
}

function rowsFor(input: readonly number[], seed: number): LabelledRows {
  const random = new Random(seed);
  const width = input.reduce((a, b) => a * b);
  const x = Float32Array.from({ length: count * width }, () => random.normal());
  return { count, x, y: Int32Array.from({ length: count }, (_, i) => i % 2) };
}

/** The rows of one batch as the kernels make them, and as augmentRow() does. */
function bothWays(input: readonly number[], augmentation: Augmentation, seed = 3) {
  const spec = specFor(input);
  const rows = rowsFor(input, seed);
  const width = rows.x.length / count;
  const shape = augmentShapeOf(input);
  const drawn = drawAugmentation(augmentation, shape, count, new Random(seed));
  const order = new Random(seed + 1).shuffle(Int32Array.from({ length: count }, (_, i) => i));
  const training = { count };
  const base = kernelHeapBase();
  const plan = planProgram({ spec, batch: count, threads: 1, training, validation: { count: 0 }, base });
  const machine = new Machine(kernelModule(), reserveMemory(plan.bytes), plan);
  machine.install();
  machine.setWeights(spec, undefined, 1);
  machine.setRows(plan.training, rows);
  machine.orderOf(plan.training).set(order);
  machine.floats.set(drawn, plan.augment / 4);
  const settings = {
    noiseSeed,
    augment: plan.augment,
    augmentKind: augmentKinds[augmentation.kind],
    optimiser: 1,
    ...axisUnits(augmentation, machine),
  };
  machine.run({ mode: 'train', rows: plan.training, from: 0, count, settings });
  const at = plan.jobValues['batchX'] / 4;
  const kernels = machine.floats.slice(at, at + count * width);
  const twin = new Float32Array(count * width);
  const rowAt = (place: number) => rows.x.subarray(order[place] * width, (order[place] + 1) * width);
  for (let row = 0; row < count; row++) {
    const parameters = drawn.subarray(row * augmentValues, (row + 1) * augmentValues);
    const other = augmentation.kind === 'spectrogram' ? rowAt(parameters[4]) : rowAt(row);
    const units = augmentation.kind === 'motion' ? augmentation.units : undefined;
    const change = { kind: augmentation.kind, shape, parameters, units, noiseSeed, row };
    twin.set(augmentRow(rowAt(row), other, change), row * width);
  }
  const original = Float32Array.from(kernels, (_, i) => rowAt(Math.floor(i / width))[i % width]);
  return { kernels, twin, original, width };
}

const motion = defaultAugmentationFor('motion') as Augmentation & { kind: 'motion' };
/** What normalisation took from three axes of acceleration and three of rotation; the fourth never moved. */
const sensor = { mean: [-3.3, 1.9, 7.6, 0, 2.5, -1], deviation: [3.9, 2.7, 4.4, 0, 60, 35.5] };
const spectrogram = defaultAugmentationFor('spectrogram') as Augmentation & { kind: 'spectrogram' };
const image = defaultAugmentationFor('image') as Augmentation & { kind: 'image' };
const noSpectrogram = {
  ...spectrogram,
  ...{ timeShift: 0, gain: 0, noise: 0, mix: 0, timeMasks: 0, frequencyMasks: 0 },
};
const noImage = { ...image, flip: false, crop: 0, brightness: 0, contrast: 0, noise: 0 };

describe('the kernels and their twin', () => {
  it.each<[string, readonly number[], Augmentation]>([
    ['motion of six axes', [20, 6], { ...motion, offset: 0.3 }],
    ['motion whose gravity turns, too', [20, 6], { ...motion, offset: 0.3, units: sensor }],
    ['motion of four axes, which cannot be turned', [20, 4], motion],
    ['one frame', [1, 3], motion],
    ['flat features', [17], { ...motion, offset: 0.1 }],
    ['a spectrogram', [19, 11], { ...spectrogram, timeMasks: 2, frequencyMasks: 2 }],
    ['a spectrogram with a channel', [19, 11, 1], spectrogram],
    ['a spectrogram of one frame and bin', [1, 1], spectrogram],
    ['a gray image', [9, 7, 1], { ...image, noise: 0.2 }],
    ['an image in colour', [8, 10, 3], image],
  ])('make the same rows of %s, to the bit', (_, input, augmentation) => {
    for (const seed of [3, 4, 5]) {
      const { kernels, twin, original } = bothWays(input, augmentation, seed);
      expect(kernels).toEqual(twin);
      if (original.length > count) expect(kernels).not.toEqual(original);
    }
  });
});

describe('what varies', () => {
  it('is nothing where nothing is asked for', () => {
    for (const [input, augmentation] of [
      [[12, 8], noSpectrogram],
      [[8, 8, 3], noImage],
    ] as const) {
      const { kernels, original } = bothWays(input, augmentation);
      expect(kernels).toEqual(original);
    }
  });

  it('in motion of known units is where a vector points, not how long it is', () => {
    const still = { jitter: 0, scale: 0, shift: 0, warp: 0, offset: 0 };
    const units = { mean: [-3.3, 1.9, 7.6], deviation: [3.9, 2.7, 4.4] };
    const { kernels, original } = bothWays([16, 3], { ...motion, ...still, units });
    const lengths = (values: Float32Array) =>
      Array.from({ length: values.length / 3 }, (_, t) =>
        Math.hypot(...[0, 1, 2].map((a) => values[t * 3 + a] * units.deviation[a] + units.mean[a])),
      );
    lengths(original).forEach((length, t) => expect(lengths(kernels)[t]).toBeCloseTo(length, 4));
    expect(kernels).not.toEqual(original);
  });

  it('in a spectrogram are whole frames and bands set to the mean, at most as wide as said', () => {
    const [frames, bins] = [20, 10];
    const masks = { timeMasks: 1, timeMaskWidth: 0.25, frequencyMasks: 1, frequencyMaskWidth: 0.3 };
    const { kernels, original, width } = bothWays([frames, bins], { ...noSpectrogram, ...masks });
    let masked = 0;
    for (let row = 0; row < count; row++) {
      const values = kernels.subarray(row * width, (row + 1) * width);
      const isZero = (t: number, b: number) => values[t * bins + b] === 0;
      const all = (length: number, test: (i: number) => boolean) => Array.from({ length }, (_, i) => i).every(test);
      const silent = Array.from({ length: frames }, (_, t) => t).filter((t) => all(bins, (b) => isZero(t, b)));
      const deaf = Array.from({ length: bins }, (_, b) => b).filter((b) => all(frames, (t) => isZero(t, b)));
      expect(silent.length).toBeLessThanOrEqual(5);
      expect(deaf.length).toBeLessThanOrEqual(3);
      masked += silent.length + deaf.length;
      values.forEach((value, i) => {
        const hidden = silent.includes(Math.floor(i / bins)) || deaf.includes(i % bins);
        expect(value).toBe(hidden ? 0 : original[row * width + i]);
      });
    }
    expect(masked).toBeGreaterThan(count);
  });

  it('in an image is the side it looks to, for about half of the rows', () => {
    const { kernels, original, width } = bothWays([4, 5, 2], { ...noImage, flip: true });
    let flipped = 0;
    for (let row = 0; row < count; row++) {
      const [now, before] = [kernels, original].map((values) => values.subarray(row * width, (row + 1) * width));
      const mirror = before.map((_, i) => before[i - (i % 10) + (4 - Math.floor((i % 10) / 2)) * 2 + (i % 2)]);
      if (now.join() === before.join()) continue;
      expect(now).toEqual(mirror);
      flipped++;
    }
    expect(flipped).toBeGreaterThan(count / 5);
    expect(flipped).toBeLessThan((4 * count) / 5);
  });
});

describe('units of motion are refused', () => {
  const fine = [1, 1, 1];
  it.each([
    ['for too few axes', { mean: [0, 0], deviation: [1, 1] }],
    ['without a deviation for each', { mean: fine, deviation: [1, 1] }],
    ['with a negative deviation', { mean: fine, deviation: [1, -1, 1] }],
    ['with a mean that is none', { mean: [0, NaN, 0], deviation: fine }],
  ])('%s', async (_, units) => {
    const options = { epochs: 1, batchSize: 8, learningRate: 0.01, seed: 1, threads: 1, patience: 0 };
    const training = coreEngine({ workerScript: null }).train(specFor([8, 3]), rowsFor([8, 3], 1), undefined, {
      ...options,
      augmentation: { ...motion, units },
    });
    await expect(training).rejects.toMatchObject({ code: 'bad-options' });
  });
});
