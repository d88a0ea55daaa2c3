/**
 * Every model of the zoo, every size and head: it learns one step, shrinks to int8, and the board's core computes about
 * what the float model does.
 */
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base';
import { quantiseModel, runInt8 } from '../../src/compress';
import { loadCore } from '../../src/core';
import {
  buildModel,
  modelAdvice,
  product,
  shapesOf,
  type ModelHead,
  type ModelKind,
  type ModelSize,
  type ModelSpec,
} from '../../src/model';
import { coreEngine, type LabelledRows, type TrainOptions } from '../../src/train';

const kinds = Object.keys(modelAdvice) as ModelKind[];
const sizes: readonly ModelSize[] = ['small', 'medium', 'large'];
const engine = coreEngine({ workerScript: null });
const oneStep: TrainOptions = {
  epochs: 1,
  batchSize: 8,
  learningRate: 0.001,
  seed: 1,
  threads: 1,
  patience: 0,
  leastSteps: 1,
};
const shapes: Readonly<Record<ModelKind, readonly (readonly number[])[]>> = {
  dense: [[33], [20, 3]],
  conv1d: [[62, 3]],
  conv2d: [
    [49, 13],
    [32, 32, 3],
  ],
  dscnn: [[49, 10]],
  mobilenetv1: [
    [32, 32, 3],
    [49, 40],
  ],
  mobilenetv2: [[32, 32, 1]],
  resnet8: [[32, 32, 3]],
  autoencoder: [[33], [10, 4]],
  fomo: [[32, 48, 1]],
};

/** Rows of noise with the answers that the model's last layer wants. */
function rowsFor(spec: ModelSpec, kind: ModelKind, head: ModelHead, count: number): LabelledRows {
  const random = new Random(3);
  const x = Float32Array.from({ length: count * product(spec.input) }, () => random.normal());
  const last = shapesOf(spec).at(-1) as number[];
  if (kind === 'autoencoder') return { count, x, y: new Int32Array(0), targets: 'input' };
  if (head === 'regression') {
    const targets = Float32Array.from({ length: count * last[0] }, () => random.normal());
    return { count, x, y: new Int32Array(0), targets };
  }
  const cells = product(last.slice(0, -1));
  const least = head === 'oneVsRest' ? -1 : 0;
  return { count, x, y: Int32Array.from({ length: count * cells }, (_, i) => (i % (3 - least)) + least) };
}

/** Trains one step, shrinks, and gives the float and int8 answers to the same rows. */
async function through(kind: ModelKind, size: ModelSize, inputShape: readonly number[], head: ModelHead = 'softmax') {
  const spec = buildModel({ kind, size, inputShape, classes: 3, head });
  const rows = rowsFor(spec, kind, head, 8);
  const trained = await engine.train(spec, rows, undefined, oneStep);
  const few = rows.x.subarray(0, 2 * product(spec.input));
  const float = await engine.predict(spec, trained.weights, few, 2);
  const quantized = quantiseModel(spec, trained.weights, { calibration: few, calibrationCount: 2 });
  const { scores } = runInt8(await loadCore(), quantized, few, 2);
  return { loss: trained.history[0].loss, float, int8: scores };
}

function expectAlike({ loss, float, int8 }: Awaited<ReturnType<typeof through>>): void {
  expect(Number.isFinite(loss)).toBe(true);
  expect(int8.length).toBe(float.length);
  const range = Math.max(...float.map(Math.abs), 0.1);
  float.forEach((value, i) => expect(Math.abs(value - int8[i])).toBeLessThan(0.15 * range));
}

describe('one step of training, int8, and the core runs it', () => {
  const cases = kinds.flatMap((kind) =>
    shapes[kind].flatMap((shape) => sizes.map((size) => [kind, size, shape] as const)),
  );
  it.each(cases)('%s %s on %j', async (kind, size, shape) => {
    expectAlike(await through(kind, size, shape));
  });

  it.each([
    ['dense', 'oneVsRest', [33]],
    ['conv1d', 'oneVsRest', [62, 3]],
    ['dscnn', 'oneVsRest', [49, 10]],
    ['dense', 'regression', [33]],
    ['conv1d', 'regression', [62, 3]],
    ['mobilenetv1', 'regression', [32, 32, 1]],
  ] as const)('%s with the head %s on %j', async (kind, head, shape) => {
    expectAlike(await through(kind, 'small', shape, head));
  });

  it('mobilenetv1 on a gray picture of 96 pixels', async () => {
    expectAlike(await through('mobilenetv1', 'medium', [96, 96, 1]));
  });
});
