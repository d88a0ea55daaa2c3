/**
 * The native TensorFlow where it was built (docs/tfjs-node.md) and DORMOUSE_TFJS_NODE names it: the same gradients and
 * the same first steps as the core engine, also where Node has lost the functions of node:util that it calls.
 */
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { buildModel, initialWeights, product, type ModelSpec, type ModelWeights } from '../../src/model';
import { coreEngine, tensorflowEngine, TrainError, type LabelledRows } from '../../src/train';
import { openTensorFlow } from '../../src/train/tensorflow/load';
import { describeWith, whereFound } from '../support/needs';

const folder = process.env['DORMOUSE_TFJS_NODE'];

/** What Node 23 removed from node:util. */
const removed = [
  ...['isArray', 'isBoolean', 'isBuffer', 'isDate', 'isError', 'isFunction', 'isNull', 'isNullOrUndefined'],
  ...['isNumber', 'isObject', 'isPrimitive', 'isRegExp', 'isString', 'isSymbol', 'isUndefined', 'log', '_extend'],
];

const models: readonly ModelSpec[] = [
  buildModel({ kind: 'dense', size: 'small', inputShape: [33], classes: 6 }),
  buildModel({ kind: 'conv1d', size: 'small', inputShape: [40, 3], classes: 4 }),
  buildModel({ kind: 'dscnn', size: 'small', inputShape: [25, 10], classes: 4 }),
  buildModel({ kind: 'resnet8', size: 'small', inputShape: [16, 16, 3], classes: 4 }),
];
const withoutDropout = (spec: ModelSpec): ModelSpec => ({
  ...spec,
  layers: spec.layers.map((layer) => (layer.kind === 'dropout' ? { ...layer, rate: 0 } : layer)),
});

function rowsFor(spec: ModelSpec, count: number): LabelledRows {
  const width = product(spec.input);
  const x = Float32Array.from({ length: count * width }, (_, index) => Math.sin(index * 0.7) + Math.cos(index * 0.13));
  return { count, x, y: Int32Array.from({ length: count }, (_, row) => row % 4) };
}

/** Largest difference, relative to the largest value of the same array. */
function furthest(a: ModelWeights, b: ModelWeights): number {
  let worst = 0;
  a.forEach((layer, index) => {
    for (const [name, values] of Object.entries(layer as Record<string, Float32Array>)) {
      const other = (b[index] as Record<string, Float32Array>)[name];
      const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
      values.forEach((value, at) => (worst = Math.max(worst, Math.abs(value - other[at]) / scale)));
    }
  });
  return worst;
}

describeWith(
  whereFound({ met: folder !== undefined, reason: 'needs a built tfjs-node (docs/tfjs-node.md, DORMOUSE_TFJS_NODE)' }),
  'tfjs-node',
  () => {
    it('starts without what Node 23 removed, and runs the kernels that call it', async () => {
      const util = createRequire(import.meta.url)('node:util') as Record<string, unknown>;
      for (const name of removed) delete util[name];
      const { tf, about } = await openTensorFlow(folder);
      expect(about).toMatch(/^tfjs-node 4\..*native$/);
      expect(tf.getBackend()).toBe('tensorflow');
      expect([...tf.topk(tf.tensor1d([1, 3, 2]), 2).values.dataSync()]).toEqual([3, 2]);
      expect([...tf.stack([tf.tensor1d([1]), tf.tensor1d([2])]).dataSync()]).toEqual([1, 2]);
    });

    it.each(models)("gives the core engine's gradients ($layers.0.kind, $layers.length layers)", async (spec) => {
      const [core, native] = [coreEngine(), tensorflowEngine()];
      const weights = initialWeights(spec, 3);
      const rows = rowsFor(spec, 8);
      const ours = await core.gradients(spec, weights, rows);
      const theirs = await native.gradients(spec, weights, rows);
      expect(ours.loss).toBeCloseTo(theirs.loss, 4);
      expect(furthest(ours.gradients, theirs.gradients)).toBeLessThan(1e-3);
      await core.close();
    });

    it.each(models)('learns the same in ten steps ($layers.0.kind, $layers.length layers)', async (original) => {
      const spec = withoutDropout(original);
      const rows = rowsFor(spec, 8);
      // Plain descent: Adam turns gradients near zero, which are rounding only, into whole steps.
      const options = {
        optimiser: 'sgd',
        epochs: 10,
        batchSize: 8,
        learningRate: 0.002,
        seed: 1,
        threads: 1,
        patience: 0,
        leastSteps: 1,
        initial: initialWeights(spec, 3),
      } as const;
      const losses = async (engine: ReturnType<typeof coreEngine>) => {
        const { history } = await engine.train(spec, rows, undefined, options);
        await engine.close();
        return history.map((epoch) => epoch.loss);
      };
      const ours = await losses(coreEngine());
      const theirs = await losses(tensorflowEngine());
      expect(ours[9]).toBeLessThan(ours[0]);
      ours.forEach((loss, step) => expect(Math.abs(loss - theirs[step])).toBeLessThan(1e-4 * Math.max(1, loss)));
    });
  },
);

describe('a folder without tfjs-node', () => {
  it('is said in one sentence', async () => {
    const failure = await openTensorFlow(tmpdir()).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TrainError);
    expect((failure as TrainError).message).toContain(
      `The tfjs-node in ${tmpdir()} does not start: Cannot find module`,
    );
  });
});
