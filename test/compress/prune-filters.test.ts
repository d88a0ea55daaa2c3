/** Filters that go must leave a whole network behind, and one that computes the same where they did nothing. */
import { afterAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base';
import { floatOutputs, pruneFilters, pruneToTarget } from '../../src/compress';
import { channelsOf, type Channels } from '../../src/compress/prune/channels';
import { keptOf } from '../../src/compress/prune/filters';
import { removeChannels } from '../../src/compress/prune/remove';
import {
  buildModel,
  checkWeights,
  initialWeights,
  macsOf,
  parameterCount,
  shapesOf,
  type LayerSpec,
  type LayerWeights,
  type ModelChoice,
  type ModelSpec,
  type ModelWeights,
} from '../../src/model';
import { coreEngine } from '../../src/train';
import { toyClasses, toyMotion, toyOptions } from '../train/toy';
import { randomModel, randomWeights } from './random-models';

const engine = coreEngine({ workerScript: null });
afterAll(() => engine.close());

/** All that these channels put out is zero: kernels, biases, and what norms would add. */
function silenced(weights: ModelWeights, channels: Channels, removed: ReadonlySet<number>): ModelWeights {
  return weights.map((layer, index): LayerWeights => {
    const output = channels.ofOutput[index];
    const entries = Object.entries(layer as Record<string, Float32Array>).map(([name, values]) => [
      name,
      values.map((value, i) =>
        removed.has(output[i % output.length]) && !['gamma', 'movingVariance'].includes(name) ? 0 : value,
      ),
    ]);
    return Object.fromEntries(entries) as LayerWeights;
  });
}

/** Some of each family, never all of it. */
function someOf(channels: Channels, random: Random): Set<number> {
  const removed = new Set<number>();
  for (const family of channels.families)
    random
      .shuffle([...family])
      .slice(0, random.below(family.length))
      .forEach((channel) => removed.add(channel));
  return removed;
}

const zooChoices: readonly ModelChoice[] = [
  { kind: 'dense', size: 'small', inputShape: [33], classes: 4 },
  { kind: 'conv1d', size: 'medium', inputShape: [75, 3], classes: 4 },
  { kind: 'conv2d', size: 'small', inputShape: [49, 13], classes: 5 },
  { kind: 'dscnn', size: 'small', inputShape: [25, 10], classes: 4 },
  { kind: 'mobilenetv1', size: 'small', inputShape: [32, 32, 1], classes: 2, alpha: 0.1 },
  { kind: 'mobilenetv2', size: 'small', inputShape: [32, 32, 3], classes: 3, alpha: 0.1 },
  { kind: 'resnet8', size: 'small', inputShape: [16, 16, 3], classes: 3 },
  { kind: 'autoencoder', size: 'small', inputShape: [33], classes: 1 },
  { kind: 'fomo', size: 'small', inputShape: [32, 32, 3], classes: 3, alpha: 0.1 },
];

function examples(): { spec: ModelSpec; weights: ModelWeights; rows: Float32Array; count: number }[] {
  const zoo = zooChoices.map((choice, seed) => {
    const spec = buildModel(choice);
    const random = new Random(seed);
    const width = spec.input.reduce((a, b) => a * b, 1);
    const rows = Float32Array.from({ length: 2 * width }, () => random.normal());
    return { spec, weights: randomWeights(random, spec), rows, count: 2 };
  });
  return [...zoo, ...Array.from({ length: 300 }, (_, seed) => randomModel(2 * seed + 2000))];
}

describe('removing channels', () => {
  it('that are zero leaves what 309 networks compute, exactly, and arrays of the right sizes', () => {
    const random = new Random(5);
    const kinds = new Set<string>();
    let removals = 0;
    for (const { spec, weights, rows, count } of examples()) {
      const channels = channelsOf(spec);
      const removed = someOf(channels, random);
      if (removed.size === 0) continue;
      const quiet = silenced(weights, channels, removed);
      const smaller = removeChannels({ spec, weights: quiet }, channels, removed);
      checkWeights(smaller.spec, smaller.weights);
      expect(shapesOf(smaller.spec).at(-1)).toEqual(shapesOf(spec).at(-1));
      expect(parameterCount(smaller.spec)).toBeLessThan(parameterCount(spec));
      const before = floatOutputs(spec, quiet, rows, count);
      const after = floatOutputs(smaller.spec, smaller.weights, rows, count);
      expect(after, JSON.stringify(spec)).toEqual(before);
      smaller.spec.layers.forEach((layer, i) => layer !== spec.layers[i] && kinds.add(layer.kind));
      smaller.weights.forEach((layer, i) => layer !== weights[i] && kinds.add(spec.layers[i].kind));
      removals += removed.size;
    }
    expect(removals).toBeGreaterThan(2000);
    expect([...kinds]).toEqual(
      expect.arrayContaining(['dense', 'conv1d', 'conv2d', 'depthwiseConv2d', 'batchNorm', 'reshape']),
    );
  });

  it('that nobody reads leaves the outputs as they are, through a flattened list', () => {
    const spec: ModelSpec = {
      version: 1,
      input: [6, 5, 2],
      layers: [
        { kind: 'conv2d', filters: 4, kernel: [3, 3], stride: [1, 1], padding: 'same', activation: 'relu' },
        { kind: 'maxPool2d', size: [2, 2], stride: [2, 2], padding: 'same' },
        { kind: 'flatten' },
        { kind: 'dense', units: 3, activation: 'none' },
      ],
    };
    const weights = [...randomWeights(new Random(1), spec)];
    // Positions of channel 2 in the flattened [3, 3, 4].
    const kernel = (weights[3].kernel as Float32Array).map((value, i) => (Math.floor(i / 3) % 4 === 2 ? 0 : value));
    weights[3] = { ...weights[3], kernel };
    const channels = channelsOf(spec);
    const unread = channels.ofOutput[0][2];
    expect(channels.families).toEqual([[...channels.ofOutput[0]]]);
    const smaller = removeChannels({ spec, weights }, channels, new Set([unread]));
    const rows = Float32Array.from({ length: 60 }, (_, i) => Math.sin(i));
    expect(floatOutputs(smaller.spec, smaller.weights, rows, 1)).toEqual(floatOutputs(spec, weights, rows, 1));
    expect(smaller.weights[3].kernel?.length).toBe(3 * 3 * 3 * 3);
  });
});

const conv = (filters: number, more: Partial<LayerSpec> = {}): LayerSpec =>
  ({ kind: 'conv1d', filters, kernel: 3, stride: 1, padding: 'same', activation: 'relu', ...more }) as LayerSpec;
const head: LayerSpec[] = [
  { kind: 'globalAveragePool' },
  { kind: 'dense', units: 4, activation: 'none' },
  { kind: 'softmax' },
];
const residual: ModelSpec = {
  version: 1,
  input: [20, 3],
  layers: [
    conv(16, { name: 'a' }),
    { kind: 'batchNorm', activation: 'relu', name: 'n' },
    conv(24),
    conv(16, { name: 'b' }),
    { kind: 'add', inputs: ['n', 'b'], activation: 'relu' },
    ...head,
  ],
};

describe('pruneFilters', () => {
  it('keeps multiples of 4 where it can, at least one, and never more than there are', () => {
    expect([1, 2, 3, 4, 6, 8, 10, 16, 100].map((n) => keptOf(n, 0.5))).toEqual([1, 1, 2, 2, 3, 4, 4, 8, 52]);
    for (let n = 1; n < 70; n++)
      for (let keep = 0, last = 0; keep <= 1; keep += 1 / 64) {
        expect(keptOf(n, keep)).toBeGreaterThanOrEqual(Math.max(last, 1));
        last = keptOf(n, keep);
        expect(last).toBeLessThanOrEqual(n);
      }
  });

  it('ties the sides of an add, and says what went', async () => {
    const weights = randomWeights(new Random(2), residual);
    const { spec, removed } = await pruneFilters({ spec: residual, weights, keep: 0.5 });
    expect(removed).toEqual([
      { layer: 0, name: 'Layer 1 (conv1d "a")', before: 16, after: 8 },
      { layer: 2, name: 'Layer 3 (conv1d)', before: 24, after: 12 },
      { layer: 3, name: 'Layer 4 (conv1d "b")', before: 16, after: 8 },
    ]);
    expect(spec.layers[5]).toEqual(head[0]);
  });

  it('removes the weakest by norm, and by the loss what nobody reads', async () => {
    const spec: ModelSpec = { version: 1, input: [20, 3], layers: [conv(8), ...head] };
    const weights = [...randomWeights(new Random(3), spec)];
    const loud = { ...weights[0], kernel: (weights[0].kernel as Float32Array).map((w, i) => (i % 8 < 4 ? 9 * w : w)) };
    // The loud ones are not read.
    const deaf = { ...weights[2], kernel: (weights[2].kernel as Float32Array).map((w, i) => (i < 16 ? 0 : w)) };
    const model = { spec, weights: [loud, weights[1], deaf, weights[3]] };
    const kept = (pruned: ModelWeights): number[] =>
      [...(pruned[0].bias as Float32Array)].map((b) => (weights[0].bias as Float32Array).indexOf(b));
    expect(kept((await pruneFilters({ ...model, keep: 0.5 })).weights)).toEqual([0, 1, 2, 3]);
    const rows = toyMotion(100, 20, 3, 1);
    const byLoss = await pruneFilters({ ...model, keep: 0.5, score: 'loss', engine, rows });
    expect(kept(byLoss.weights)).toEqual([4, 5, 6, 7]);
  });

  it('scores a channel by the norm behind it', async () => {
    const spec: ModelSpec = {
      version: 1,
      input: [20, 3],
      layers: [conv(8, { activation: 'none' }), { kind: 'batchNorm', activation: 'relu' }, ...head],
    };
    const weights = [...initialWeights(spec, 3)];
    weights[1] = { ...weights[1], gamma: Float32Array.from({ length: 8 }, (_, c) => (c % 2 ? 1e-3 : 1)) };
    const { weights: pruned } = await pruneFilters({ spec, weights, keep: 0.5 });
    expect([...(pruned[1].gamma as Float32Array)]).toEqual([1, 1, 1, 1]);
    const rows = toyMotion(64, 20, 3, 1);
    const byLoss = await pruneFilters({ spec, weights, keep: 0.5, score: 'loss', engine, rows });
    expect(byLoss.weights[1].gamma?.length).toBe(4);
  });

  it('finds the largest network within a target', async () => {
    const weights = randomWeights(new Random(2), residual);
    const whole = macsOf(residual);
    for (const share of [0.9, 0.5, 0.2, 0.05]) {
      const { spec } = await pruneFilters({ spec: residual, weights, cost: macsOf, target: share * whole });
      expect(macsOf(spec)).toBeLessThanOrEqual(share * whole);
      expect(macsOf(spec)).toBeGreaterThan(share * whole * 0.5);
    }
  });

  it.each([
    ['a target below one filter a layer', { cost: macsOf, target: 10 }, 'unreachable-target'],
    ['a cost that is no number', { cost: () => NaN, target: 10 }, 'unreachable-target'],
    ['no share and no target', {}, 'bad-options'],
    ['a share of nothing', { keep: 0 }, 'bad-options'],
    ['the loss without rows', { keep: 0.5, score: 'loss' as const }, 'bad-options'],
  ])('refuses %s', async (_what, options, code) => {
    const weights = randomWeights(new Random(2), residual);
    await expect(pruneFilters({ spec: residual, weights, ...options })).rejects.toMatchObject({ code });
  });

  it('refuses a network of one layer', async () => {
    const spec: ModelSpec = { version: 1, input: [3], layers: [{ kind: 'dense', units: 2, activation: 'none' }] };
    const weights = randomWeights(new Random(2), spec);
    await expect(pruneFilters({ spec, weights, keep: 0.5 })).rejects.toMatchObject({ code: 'nothing-to-prune' });
  });
});

describe('pruneToTarget', () => {
  const training = toyMotion(200, 20, 3, 1);
  const fineTune = { ...toyOptions, epochs: 2 };

  it('shrinks in rounds, trains in each, and ends within the target', async () => {
    const trained = await engine.train(residual, training, undefined, { ...toyOptions, epochs: 4 });
    const target = 0.4 * macsOf(residual);
    const options = { spec: residual, weights: trained.weights, engine, training, fineTune, cost: macsOf, target };
    const once = await pruneToTarget({ ...options, score: 'loss' });
    expect(macsOf(once.spec)).toBeLessThanOrEqual(target);
    checkWeights(once.spec, once.weights);
    expect(once.rounds.length).toBeGreaterThan(1);
    expect(once.rounds.at(-1)?.cost).toBe(macsOf(once.spec));
    expect(once.removed.map(({ layer }) => layer)).toEqual([0, 2, 3]);
    const again = await pruneToTarget({ ...options, score: 'loss' });
    expect(again.weights).toEqual(once.weights);
    const answers = await engine.predict(once.spec, once.weights, training.x, training.count);
    const right = [...training.y].filter(
      (label, row) =>
        Math.max(...answers.subarray(row * toyClasses, (row + 1) * toyClasses)) === answers[row * toyClasses + label],
    );
    expect(right.length / training.count).toBeGreaterThan(0.6);
  });

  it('leaves alone what meets the target, refuses before training what cannot, and stops when cancelled', async () => {
    const weights = randomWeights(new Random(2), residual);
    const options = { spec: residual, weights, engine, training, fineTune, cost: macsOf };
    const same = await pruneToTarget({ ...options, target: macsOf(residual) });
    expect(same.spec).toBe(residual);
    expect(same.rounds).toEqual([]);
    const started: number[] = [];
    const watched = { ...options, fineTune: { ...fineTune, onEpoch: () => void started.push(1) } };
    await expect(pruneToTarget({ ...watched, target: 5 })).rejects.toMatchObject({ code: 'unreachable-target' });
    expect(started).toEqual([]);
    const signal = AbortSignal.abort();
    const stopped = await pruneToTarget({
      ...options,
      fineTune: { ...fineTune, signal },
      target: 0.3 * macsOf(residual),
    });
    expect(stopped.stopped).toBe('cancelled');
    checkWeights(stopped.spec, stopped.weights);
  });
});
