/** That each objective is learned, not only differentiated; that frozen layers stay; and what options do in plain sight. */
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base';
import { initialWeights, type ModelSpec } from '../../src/model';
import { coreEngine, classWeightsOf, missingClasses, type LabelledRows, type TrainOptions } from '../../src/train';
import { learningRateAt } from '../../src/train/schedule';
import { maskByMagnitude, shareAt } from '../../src/train/sparsity';
import { digestOf, toyClasses, toyMotion, toyOptions, toySpec } from './toy';

const engine = coreEngine({ workerScript: null });
const options: TrainOptions = { ...toyOptions, epochs: 30, batchSize: 16, learningRate: 0.01, leastSteps: 10 };

/** Gray images of 8 x 8 with bright dots of two kinds, at cells of 4 x 4 pixels. */
function dots(count: number, seed: number): LabelledRows {
  const random = new Random(seed);
  const x = Float32Array.from({ length: count * 64 }, () => 0.1 * random.normal());
  const y = new Int32Array(count * 4);
  for (let i = 0; i < count * 4; i++) {
    y[i] = random.below(5) === 0 ? 1 + random.below(2) : 0;
    const [row, cell] = [Math.floor(i / 4), i % 4];
    const [top, left] = [4 * (cell >> 1) + 1, 4 * (cell % 2) + 1];
    const put = (dy: number, dx: number) => (x[row * 64 + (top + dy) * 8 + left + dx] += 2);
    // A bar that lies, and one that stands.
    if (y[i] === 1) [0, 1].forEach((d) => put(0, d));
    if (y[i] === 2) [0, 1].forEach((d) => put(d, 0));
  }
  return { count, x, y };
}

describe('what is learned', () => {
  it('where objects are: cells, with the background balanced', async () => {
    const spec: ModelSpec = {
      version: 1,
      input: [8, 8, 1],
      layers: [
        { kind: 'conv2d', filters: 8, kernel: [3, 3], stride: [2, 2], padding: 'same', activation: 'relu' },
        { kind: 'conv2d', filters: 8, kernel: [3, 3], stride: [2, 2], padding: 'same', activation: 'relu' },
        { kind: 'conv2d', filters: 3, kernel: [1, 1], stride: [1, 1], padding: 'valid', activation: 'none' },
        { kind: 'softmax' },
      ],
    };
    const [rows, unseen] = [dots(200, 1), dots(60, 2)];
    const classWeights = classWeightsOf(rows.y, 3);
    expect(classWeights[0]).toBeLessThan(0.6);
    const { weights, history } = await engine.train(spec, rows, unseen, { ...options, classWeights });
    expect(history.at(-1)?.validationAccuracy).toBeGreaterThan(0.95);
    const answers = await engine.predict(spec, weights, unseen.x, unseen.count);
    expect(answers.length).toBe(60 * 4 * 3);
    const found = unseen.y.filter((label, i) => label > 0 && answers[i * 3 + label] > 0.5).length;
    expect(found / unseen.y.filter((label) => label > 0).length).toBeGreaterThan(0.9);
  });

  it('which label, or none of them: one against the rest', async () => {
    const { layers } = toySpec(48, 3);
    const body = layers.slice(0, -2);
    const spec: ModelSpec = {
      version: 1,
      input: [48, 3],
      layers: [...body, { kind: 'dense', units: toyClasses - 1, activation: 'none' }, { kind: 'sigmoid' }],
    };
    // The last gesture is none of those that are known.
    const unnamed = (rows: LabelledRows) => ({ ...rows, y: rows.y.map((y) => (y === toyClasses - 1 ? -1 : y)) });
    const [rows, unseen] = [unnamed(toyMotion(120, 48, 3, 3)), unnamed(toyMotion(60, 48, 3, 4))];
    const { weights, history } = await engine.train(spec, rows, unseen, options);
    expect(history.at(-1)?.validationAccuracy).toBeGreaterThan(0.9);
    const answers = await engine.predict(spec, weights, unseen.x, unseen.count);
    let none = 0;
    unseen.y.forEach((label, row) => {
      const scores = answers.subarray(row * 3, row * 3 + 3);
      none += Number(label === -1 && Math.max(...scores) < 0.5);
    });
    expect(none / unseen.y.filter((label) => label === -1).length).toBeGreaterThan(0.85);
  });

  it('values, stopping early by the loss', async () => {
    const random = new Random(9);
    const make = (count: number): LabelledRows => {
      const x = Float32Array.from({ length: count * 4 }, () => random.normal());
      const targets = Float32Array.from({ length: count * 2 }, (_, i) => {
        const [a, b, c, d] = x.subarray((i >> 1) * 4, (i >> 1) * 4 + 4);
        return (i % 2 ? a - 2 * b : Math.abs(c) + d) + 0.2 * random.normal();
      });
      return { count, x, y: new Int32Array(0), targets };
    };
    const spec: ModelSpec = {
      version: 1,
      input: [4],
      layers: [
        { kind: 'dense', units: 24, activation: 'relu' },
        { kind: 'dense', units: 2, activation: 'none' },
      ],
    };
    const held = make(100);
    const result = await engine.train(spec, make(60), held, { ...options, epochs: 300, patience: 8 });
    expect(result.stopped).toBe('early');
    const losses = result.history.map((epoch) => epoch.validationLoss);
    expect(Math.min(...losses)).toBe(losses[result.bestEpoch - 1]);
    expect(Math.min(...losses)).toBeLessThan(0.4);
    expect(result.history[0].accuracy).toBeNaN();
    const answers = await engine.predict(spec, result.weights, held.x, held.count);
    const error = answers.reduce((sum, value, i) => sum + (value - (held.targets as Float32Array)[i]) ** 2, 0);
    expect(error / answers.length).toBeCloseTo(Math.min(...losses), 4);
  });

  it('the rows themselves, undisturbed, from disturbed ones', async () => {
    const spec: ModelSpec = {
      version: 1,
      input: [16, 3],
      layers: [
        { kind: 'flatten' },
        { kind: 'dense', units: 12, activation: 'relu' },
        { kind: 'dense', units: 48, activation: 'none' },
        { kind: 'reshape', shape: [16, 3] },
      ],
    };
    const { count, x } = toyMotion(160, 16, 3, 5);
    const rows: LabelledRows = { count, x, y: new Int32Array(0), targets: 'input' };
    const noisy = { kind: 'motion', jitter: 0.3, scale: 0, shift: 0, warp: 0, rotation: 0, offset: 0 } as const;
    const { history } = await engine.train(spec, rows, rows, { ...options, augmentation: noisy });
    const variance = x.reduce((sum, value) => sum + value * value, 0) / x.length;
    expect(history.at(-1)?.validationLoss).toBeLessThan(0.3 * variance);
  });
});

describe('frozen layers', () => {
  it('keep every bit, their batch norm its statistics too, while the head learns', async () => {
    const spec = toySpec(48, 3);
    const initial = initialWeights(spec, 4);
    const head = spec.layers.length - 2;
    const frozen = spec.layers.map((_, index) => index).filter((index) => index !== head);
    const rows = toyMotion(120, 48, 3, 3);
    const { weights, history } = await engine.train(spec, rows, undefined, { ...options, initial, frozen });
    weights.forEach((layer, index) => {
      if (index !== head) expect(digestOf([layer])).toBe(digestOf([initial[index]]));
    });
    expect(digestOf([weights[head]])).not.toBe(digestOf([initial[head]]));
    expect((history.at(-1)?.loss ?? 9) / history[0].loss).toBeLessThan(0.9);
  });
});

describe('classes that are rare or absent', () => {
  it('are weighed and named', () => {
    expect(classWeightsOf(Int32Array.of(0, 0, 0, 1), 2)).toEqual([4 / 6, 2]);
    expect(classWeightsOf(Int32Array.of(0, 0, 2, 2), 3)).toEqual([1, 0, 1]);
    expect(classWeightsOf(Int32Array.of(-1, 0, 1, 1, -1), 2)).toEqual([1.5, 0.75]);
    expect(missingClasses(Int32Array.of(0, 2, 2, -1), 4)).toEqual([1, 3]);
  });

  it('do not keep the others from being learned', async () => {
    const spec = toySpec(48, 3);
    const all = toyMotion(120, 48, 3, 3);
    const there = Array.from({ length: 120 }, (_, row) => row).filter((row) => all.y[row] !== 2);
    const pick = (rows: number[]): LabelledRows => ({
      count: rows.length,
      x: Float32Array.from(rows.flatMap((row) => [...all.x.subarray(row * 144, (row + 1) * 144)])),
      y: Int32Array.from(rows, (row) => all.y[row]),
    });
    const rows = pick(there);
    // The absent class stands in the held-out rows only.
    const { history } = await engine.train(spec, rows, all, { ...options, classWeights: classWeightsOf(rows.y, 4) });
    expect(history.at(-1)?.accuracy).toBeGreaterThan(0.95);
    expect(history.at(-1)?.validationAccuracy).toBeCloseTo(0.75, 1);
  });

  it('may have one row each', async () => {
    const rows = toyMotion(toyClasses, 48, 3, 3);
    const { history, stopped } = await engine.train(toySpec(48, 3), rows, undefined, { ...options, epochs: 10 });
    expect(stopped).toBe('finished');
    expect(history.at(-1)?.accuracy).toBeGreaterThan(0.9);
  });
});

describe('schedules and pruning', () => {
  it('have the learning rates that they are defined by', () => {
    const rates = (schedule: TrainOptions['schedule']) =>
      [1, 6, 10].map((epoch) => learningRateAt({ learningRate: 2, epochs: 10, schedule }, epoch));
    expect(rates('constant')).toEqual([2, 2, 2]);
    expect(rates(undefined)).toEqual([2, 2 * (1 - 0.45), 2 * (1 - 0.81)]);
    rates('cosine').forEach((rate, i) => {
      expect(rate).toBeCloseTo(1 + Math.cos((Math.PI * [0, 5, 9][i]) / 10), 8);
    });
    expect(rates({ step: 5, factor: 0.1 })).toEqual([2, 0.2, 0.2]);
    expect(rates({ step: 3, factor: 0.5 })).toEqual([2, 1, 0.25]);
  });

  it('grow the share of zeros along a cubic, smallest values first', () => {
    const sparsity = { target: 0.8, fromEpoch: 3, toEpoch: 7 };
    expect([1, 3, 5, 7, 9].map((epoch) => shareAt(sparsity, epoch))).toEqual([0, 0, 0.8 * (1 - 0.125), 0.8, 0.8]);
    expect([...maskByMagnitude(Float32Array.of(3, -1, 0, 2, -4, 1), 0.5)]).toEqual([1, 0, 0, 1, 1, 0]);
  });
});
