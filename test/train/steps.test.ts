/** Whole training steps of the core engine against TensorFlow.js: every optimiser, schedule, kind of augmentation and pruning. */
import { afterAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base';
import { shapesOf, type ModelSpec } from '../../src/model';
import {
  coreEngine,
  defaultAugmentationFor,
  tensorflowEngine,
  type Augmentation,
  type LabelledRows,
  type TrainOptions,
} from '../../src/train';
import { difference } from './compare';
import { randomOptions, randomRows, randomSpec, randomWeights } from './random-specs';

const core = coreEngine({ workerScript: null });
const oracle = tensorflowEngine({ plain: true });
afterAll(async () => {
  await core.close();
  await oracle.close();
});

/** What is dropped differs between the engines, so nothing is. */
function wholeSpec(seed: number): ModelSpec {
  const spec = randomSpec(seed);
  return { ...spec, layers: spec.layers.map((layer) => (layer.kind === 'dropout' ? { ...layer, rate: 0 } : layer)) };
}

const plain: TrainOptions = {
  epochs: 10,
  batchSize: 12,
  learningRate: 0.005,
  seed: 5,
  threads: 1,
  patience: 0,
  leastSteps: 1,
};

/** Ten epochs of one batch each: the same losses all the way, and the same answers afterwards. */
async function sameSteps(spec: ModelSpec, rows: LabelledRows, options: TrainOptions, about: string) {
  const ours = await core.train(spec, rows, rows, options);
  const theirs = await oracle.train(spec, rows, rows, options);
  ours.history.forEach((epoch, i) => {
    const other = theirs.history[i];
    const most = 1e-4 * Math.max(1, other.loss);
    expect(Math.abs(epoch.loss - other.loss), `loss, epoch ${i + 1}, ${about}`).toBeLessThan(most);
    expect(Math.abs(epoch.validationLoss - other.validationLoss), about).toBeLessThan(10 * most);
    expect(epoch.accuracy, about).toEqual(other.accuracy);
  });
  const [a, b] = await Promise.all(
    [ours, theirs].map((result) => core.predict(spec, result.weights, rows.x, rows.count)),
  );
  expect(difference(a, b, 0.01), about).toBeLessThan(2e-3);
  return { ours, theirs };
}

const optimisers: [string, Partial<TrainOptions>][] = [
  ['sgd', { optimiser: 'sgd', learningRate: 0.05, schedule: 'constant' }],
  [
    'sgd with momentum, in steps',
    { optimiser: 'sgd', momentum: 0.9, learningRate: 0.01, schedule: { step: 3, factor: 0.5 } },
  ],
  ['adam, falling', { optimiser: 'adam' }],
  ['adamw, cosine', { optimiser: 'adamw', weightDecay: 0.1, schedule: 'cosine' }],
];

describe('ten steps as TensorFlow.js makes them', () => {
  it.each(optimisers)('of %s', async (_, options) => {
    for (let seed = 401; seed <= 412; seed++) {
      const spec = wholeSpec(seed);
      const all = { ...plain, ...options, ...randomOptions(spec, seed), seed, initial: randomWeights(spec, seed) };
      await sameSteps(spec, randomRows(spec, 12, seed), all, `seed ${seed}: ${JSON.stringify(spec)}`);
    }
  });

  const shapes: [Augmentation['kind'], number[]][] = [
    ['motion', [16, 6]],
    ['motion', [9]],
    ['spectrogram', [12, 8]],
    ['spectrogram', [12, 8, 1]],
    ['image', [9, 10, 3]],
  ];
  it.each(shapes)('with rows varied as %s %j, in several batches', async (kind, input) => {
    const spec: ModelSpec = {
      version: 1,
      input,
      layers: [
        ...(input.length > 1 ? [{ kind: 'flatten' } as const] : []),
        { kind: 'dense', units: 9, activation: 'relu' },
        { kind: 'dense', units: 3, activation: 'none' },
        { kind: 'softmax' },
      ],
    };
    const usual = defaultAugmentationFor(kind) as Augmentation;
    const augmentation: Augmentation =
      usual.kind === 'motion'
        ? { ...usual, offset: 0.1 }
        : usual.kind === 'image'
          ? { ...usual, noise: 0.1 }
          : { ...usual, timeMasks: 2, frequencyMasks: 2 };
    const { ours } = await sameSteps(spec, randomRows(spec, 30, 3), { ...plain, augmentation }, kind);
    const still = await core.train(spec, randomRows(spec, 30, 3), undefined, plain);
    expect(ours.history[0].loss).not.toBe(still.history[0].loss);
  });

  it('with pictures that are mirrored and moved, and the labels of their cells with them', async () => {
    const spec: ModelSpec = {
      version: 1,
      input: [12, 16, 1],
      layers: [
        { kind: 'conv2d', filters: 2, kernel: [4, 4], stride: [4, 4], padding: 'valid', activation: 'none' },
        { kind: 'softmax' },
      ],
    };
    // A cell is of class 1 where it is bright; what comes in from outside is 0, and so background.
    const random = new Random(6);
    const count = 40;
    const y = Int32Array.from({ length: count * 12 }, () => random.below(2));
    const x = new Float32Array(count * 192);
    for (let i = 0; i < x.length; i++) {
      const [row, at] = [Math.floor(i / 192), i % 192];
      x[i] = y[row * 12 + Math.floor(at / 64) * 4 + Math.floor((at % 16) / 4)] + 0.2 * random.normal();
    }
    const augmentation: Augmentation = { kind: 'image', flip: true, crop: 0.6, brightness: 0, contrast: 0, noise: 0 };
    const options = { ...plain, learningRate: 0.02, epochs: 20, augmentation };
    const { ours } = await sameSteps(spec, { count, x, y }, options, 'cells');
    const last = ours.history[19];
    expect(last.accuracy).toBeGreaterThan(0.99);
    expect(last.loss).toBeLessThan(ours.history[0].loss / 2);
  });

  it('while pruning gradually, and with fixed masks: zeros are exact, and as many as asked for', async () => {
    const spec: ModelSpec = {
      version: 1,
      input: [6, 6, 2],
      layers: [
        { kind: 'conv2d', filters: 6, kernel: [3, 3], stride: [1, 1], padding: 'same', activation: 'relu' },
        { kind: 'depthwiseConv2d', multiplier: 1, kernel: [3, 3], stride: [2, 2], padding: 'same', activation: 'relu' },
        { kind: 'flatten' },
        { kind: 'dense', units: 3, activation: 'none' },
        { kind: 'softmax' },
      ],
    };
    expect(shapesOf(spec)[2]).toEqual([54]);
    const rows = randomRows(spec, 24, 8);
    const zeros = (values: Float32Array | undefined) => values?.filter((value) => value === 0).length;
    const sparsity = { target: 0.75, fromEpoch: 2, toEpoch: 7 };
    const { ours, theirs } = await sameSteps(spec, rows, { ...plain, sparsity, optimiser: 'adamw' }, 'pruning');
    for (const { weights } of [ours, theirs]) {
      expect(zeros(weights[0].kernel)).toBe(81);
      expect(zeros(weights[1].kernel)).toBe(0);
      expect(zeros(weights[3].kernel)).toBe(122);
    }
    const masks = ours.weights.map(({ kernel }) => kernel && Uint8Array.from(kernel, (value) => (value === 0 ? 0 : 1)));
    const fixed = await sameSteps(spec, rows, { ...plain, masks, optimiser: 'sgd', momentum: 0.9 }, 'masks');
    for (const { weights } of [fixed.ours, fixed.theirs]) {
      weights.forEach(({ kernel }, layer) =>
        kernel?.forEach((value, i) => {
          if (masks[layer]?.[i] === 0) expect(value).toBe(0);
        }),
      );
      expect(zeros(weights[3].kernel)).toBe(122);
    }
  });
});
