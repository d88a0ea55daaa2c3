/** The core engine as its callers see it: learning, stopping, giving way, and what it refuses. */
import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildModel, type ModelSpec } from '../../src/model';
import {
  classWeightsOf,
  coreEngine,
  defaultAugmentationFor,
  TrainError,
  type EpochReport,
  type LabelledRows,
  type MotionAugmentation,
} from '../../src/train';
import { bundleWorker, digestOf, toyClasses, toyMotion, toyOptions, toySpec } from './toy';

let script: string;
beforeAll(async () => {
  script = await bundleWorker();
});
afterAll(() => {
  rmSync(dirname(script), { recursive: true, force: true });
});

const spec = toySpec(48, 3);
const rows = toyMotion(120, 48, 3, 3);

async function accuracyOf(
  model: ModelSpec,
  weights: Parameters<ReturnType<typeof coreEngine>['predict']>[1],
  data: LabelledRows,
): Promise<number> {
  const p = await coreEngine({ workerScript: null }).predict(model, weights, data.x, data.count);
  let right = 0;
  for (let row = 0; row < data.count; row++) {
    const scores = p.subarray(row * toyClasses, (row + 1) * toyClasses);
    expect(scores.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    if (scores.indexOf(Math.max(...scores)) === data.y[row]) right++;
  }
  return right / data.count;
}

describe.each([
  ['in this process', (): string | null => null],
  ['in workers', (): string | null => script],
] as const)('training %s', (_, workerScript) => {
  it('learns a toy set and recognises rows it has not seen', async () => {
    const engine = coreEngine({ workerScript: workerScript() });
    const reports: EpochReport[] = [];
    const result = await engine.train(spec, rows, toyMotion(40, 48, 3, 4), {
      ...toyOptions,
      epochs: 15,
      threads: 2,
      onEpoch: (report) => void reports.push(report),
    });
    expect(result.stopped).toBe('finished');
    expect(reports).toEqual(result.history);
    expect(reports.map((report) => report.epoch)).toEqual(Array.from({ length: 15 }, (_, i) => i + 1));
    expect(result.history.at(-1)?.accuracy).toBeGreaterThan(0.98);
    expect(await accuracyOf(spec, result.weights, toyMotion(80, 48, 3, 5))).toBeGreaterThan(0.95);
    await engine.close();
  });

  it('gives way to the caller while it trains', async () => {
    const engine = coreEngine({ workerScript: workerScript() });
    let turns = 0;
    const timer = setInterval(() => {
      turns++;
    }, 1);
    await engine.train(spec, rows, undefined, { ...toyOptions, epochs: 12 });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(5);
    await engine.close();
  });

  it('stops when asked, says so, and trains again', async () => {
    const engine = coreEngine({ workerScript: workerScript() });
    const stop = new AbortController();
    let seen = 0;
    const options = {
      ...toyOptions,
      epochs: 100_000,
      signal: stop.signal,
      onEpoch: () => ++seen === 2 && stop.abort(),
    };
    const result = await engine.train(spec, rows, undefined, options);
    expect(result.stopped).toBe('cancelled');
    expect(result.history.length).toBeGreaterThanOrEqual(2);
    expect(result.weights.length).toBe(spec.layers.length);
    expect((await engine.train(spec, rows, undefined, { ...toyOptions, epochs: 1 })).stopped).toBe('finished');
    await engine.close();
  });

  it('says in one sentence that the loss stopped being a number', async () => {
    const engine = coreEngine({ workerScript: workerScript() });
    // The penalty pulls each weight to 199 times its opposite, at every step.
    const wild: ModelSpec = {
      version: 1,
      input: [48, 3],
      layers: [{ kind: 'flatten' }, { kind: 'dense', units: 4, activation: 'none', l2: 100 }, { kind: 'softmax' }],
    };
    const failure = engine.train(wild, rows, undefined, {
      ...toyOptions,
      epochs: 10,
      learningRate: 1,
      optimiser: 'sgd',
    });
    await expect(failure).rejects.toMatchObject({ name: 'TrainError', code: 'diverged' });
    await engine.close();
  });
});

describe('early stopping', () => {
  it('keeps the weights of the best epoch', async () => {
    const engine = coreEngine({ workerScript: null });
    // Validation labels that have nothing to do with the rows: the loss on them soon rises.
    const held = toyMotion(40, 48, 3, 4);
    const misleading = { ...held, y: held.y.map((label) => (label + 1) % toyClasses) };
    const result = await engine.train(spec, rows, misleading, { ...toyOptions, epochs: 200, patience: 4 });
    expect(result.stopped).toBe('early');
    const losses = result.history.map((epoch) => epoch.validationLoss);
    expect(losses[result.bestEpoch - 1]).toBe(Math.min(...losses));
    expect(result.history.length).toBe(result.bestEpoch + 4);
    const again = await engine.train(spec, rows, misleading, {
      ...toyOptions,
      schedule: undefined,
      epochs: 200,
      patience: 4,
    });
    expect(digestOf(again.weights)).toBe(digestOf(result.weights));
  });
});

describe('augmentation', () => {
  it('changes training but not the score of held-out rows', async () => {
    const engine = coreEngine({ workerScript: null });
    const still = { ...toyOptions, epochs: 1, learningRate: 1e-12, optimiser: 'sgd' as const };
    const plain = await engine.train(spec, rows, rows, still);
    const moved = await engine.train(spec, rows, rows, { ...still, augmentation: defaultAugmentationFor('motion') });
    expect(moved.history[0].loss).not.toBe(plain.history[0].loss);
    // Only batch norm's moving statistics may differ, and one epoch moves them little.
    expect(Math.abs(moved.history[0].validationLoss - plain.history[0].validationLoss)).toBeLessThan(0.05);
  });

  it('weighs classes by how rare they are', () => {
    expect(classWeightsOf(Int32Array.of(0, 0, 0, 1), 2)).toEqual([4 / 6, 2]);
    expect(classWeightsOf(Int32Array.of(0, 0, 2, 2), 3)).toEqual([1, 0, 1]);
  });
});

describe('a worker that dies', () => {
  it.each(['process.exit(3)', 'throw new Error("out of luck")'])(
    'fails the training in one sentence: %s',
    async (end) => {
      const broken = join(dirname(script), `broken-${end.length}.mjs`);
      writeFileSync(
        broken,
        `setTimeout(() => { ${end} }, 20); await new Promise((resolve) => setTimeout(resolve, 60_000));`,
      );
      const engine = coreEngine({ workerScript: broken });
      await expect(engine.train(spec, rows, undefined, { ...toyOptions, threads: 2 })).rejects.toMatchObject({
        code: 'worker-failed',
      });
      await engine.close();
      const sound = coreEngine({ workerScript: script });
      expect((await sound.train(spec, rows, undefined, toyOptions)).stopped).toBe('finished');
    },
  );
});

describe('what it refuses', () => {
  const engine = coreEngine({ workerScript: null });
  const damaged = (change: Partial<LabelledRows>) => ({ ...rows, ...change });
  const spoiled = rows.x.slice();
  spoiled[500] = NaN;
  const endless = rows.x.slice();
  endless[7] = Infinity;
  const cases: [string, LabelledRows, string][] = [
    ['no rows', { count: 0, x: new Float32Array(0), y: new Int32Array(0) }, 'no-rows'],
    ['NaN', damaged({ x: spoiled }), 'not-finite'],
    ['infinity', damaged({ x: endless }), 'not-finite'],
    ['one class only', damaged({ y: new Int32Array(rows.count) }), 'one-class'],
    ['rows of another width', damaged({ x: rows.x.slice(1) }), 'bad-rows'],
    ['too few labels', damaged({ y: rows.y.slice(1) }), 'bad-rows'],
    ['a label the model does not know', damaged({ y: rows.y.map((label) => label + 1) }), 'bad-rows'],
    ['a negative label', damaged({ y: rows.y.map((label) => label - 1) }), 'bad-rows'],
  ];
  it.each(cases)('%s', async (_, data, code) => {
    const failure: unknown = await engine.train(spec, data, undefined, toyOptions).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TrainError);
    expect(failure).toMatchObject({ code });
    expect((failure as TrainError).message).toMatch(/^[A-Z][^\n]*\.$/);
    expect((failure as TrainError).action).toMatch(/^[A-Z][^\n]*\.$/);
  });

  it.each([
    { epochs: 0 },
    { epochs: 1.5 },
    { batchSize: 0 },
    { learningRate: NaN },
    { learningRate: -1 },
    { seed: -1 },
    { threads: 65 },
    { patience: -1 },
    { classWeights: [1, 2] },
    { classWeights: [1, 1, 1, NaN] },
    { augmentation: { ...(defaultAugmentationFor('motion') as MotionAugmentation), warp: 2 } },
  ])('the settings %j', async (change) => {
    await expect(engine.train(spec, rows, undefined, { ...toyOptions, ...change })).rejects.toMatchObject({
      code: 'bad-options',
    });
  });

  it('values to learn that are not there, and a model with a dead end', async () => {
    const open: ModelSpec = { ...spec, layers: spec.layers.slice(0, -1) };
    await expect(engine.train(open, rows, undefined, toyOptions)).rejects.toMatchObject({ code: 'bad-rows' });
    const dead: ModelSpec = {
      version: 1,
      input: [48, 3],
      layers: [
        { kind: 'flatten', name: 'flat' },
        { kind: 'dense', units: 3, activation: 'none' },
        { kind: 'dense', units: 4, activation: 'none', inputs: ['flat'] },
        { kind: 'softmax' },
      ],
    };
    await expect(engine.train(dead, rows, undefined, toyOptions)).rejects.toMatchObject({ code: 'unsupported' });
  });

  it('a batch that no memory holds', async () => {
    const wide: ModelSpec = {
      version: 1,
      input: [48, 3],
      layers: [
        { kind: 'flatten' },
        { kind: 'dense', units: 100_000, activation: 'relu' },
        { kind: 'dense', units: 4, activation: 'none' },
        { kind: 'softmax' },
      ],
    };
    await expect(engine.train(wide, rows, undefined, { ...toyOptions, batchSize: 8192 })).rejects.toMatchObject({
      code: 'out-of-memory',
    });
  });
});

describe('averages over padding', () => {
  it('have the gradient that finite differences show', async () => {
    const engine = coreEngine({ workerScript: null });
    const model: ModelSpec = {
      version: 1,
      input: [7, 2],
      layers: [{ kind: 'dense', units: 2, activation: 'none' }, { kind: 'softmax' }],
    };
    const padded: ModelSpec = {
      ...model,
      layers: [
        { kind: 'conv1d', filters: 3, kernel: 2, stride: 1, padding: 'same', activation: 'none' },
        { kind: 'averagePool1d', size: 4, stride: 3, padding: 'same' },
        { kind: 'flatten' },
        ...model.layers,
      ],
    };
    const data = { count: 6, x: toyMotion(6, 7, 2, 1).x, y: Int32Array.of(0, 1, 0, 1, 1, 0) };
    const { initialWeights } = await import('../../src/model');
    const weights = initialWeights(padded, 5);
    const { gradients } = await engine.gradients(padded, weights, data);
    const kernel = weights[0].kernel as Float32Array;
    for (let i = 0; i < kernel.length; i++) {
      const at = async (change: number) => {
        const moved = weights.map((layer, index) =>
          index === 0 ? { ...layer, kernel: kernel.map((value, k) => (k === i ? value + change : value)) } : layer,
        );
        return (await engine.gradients(padded, moved, data)).loss;
      };
      const slope = ((await at(1e-2)) - (await at(-1e-2))) / 2e-2;
      expect((gradients[0].kernel as Float32Array)[i]).toBeCloseTo(slope, 3);
    }
  });
});

describe('the models on offer', () => {
  it.each(['small', 'medium', 'large'] as const)('the %s dense model learns too', async (size) => {
    const model = buildModel({ kind: 'dense', size, inputShape: [48, 3], classes: toyClasses });
    const result = await coreEngine({ workerScript: null }).train(model, rows, undefined, {
      ...toyOptions,
      epochs: 30,
    });
    expect(result.history.at(-1)?.accuracy).toBeGreaterThan(0.9);
  });
});
