/** The core engine's arithmetic against TensorFlow.js: gradients, predictions, and whole training steps. */
import { afterAll, describe, expect, it } from 'vitest';
import { coreEngine, tensorflowEngine, type TrainOptions } from '../../src/train';
import type { ModelWeights } from '../../src/model';
import { randomRows, randomSpec, randomWeights } from './random-specs';

const core = coreEngine({ workerScript: null });
const oracle = tensorflowEngine();
afterAll(async () => {
  await core.close();
  await oracle.close();
});

const largestOf = (values: Float32Array) => values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);

/** Largest difference of one array, relative to its largest value, or to `floor` where that is larger. */
function difference(ours: Float32Array, theirs: Float32Array, floor: number): number {
  expect(ours.length).toBe(theirs.length);
  const apart = largestOf(ours.map((value, i) => value - theirs[i]));
  return apart / Math.max(largestOf(theirs), floor);
}

/**
 * Over all arrays of weights. Where batch norm makes a gradient exactly zero (a bias before it), both engines return
 * the rounding of larger numbers that cancel, so an array counts as at least a hundredth of the network's largest.
 */
function worstDifference(ours: ModelWeights, theirs: ModelWeights): number {
  const arrays = theirs.flatMap((layer, index) =>
    (Object.entries(layer) as [keyof typeof layer, Float32Array][]).map(([name, values]) => [
      ours[index][name] as Float32Array,
      values,
    ]),
  );
  const floor = Math.max(...arrays.map(([, values]) => largestOf(values))) / 100;
  return Math.max(...arrays.map(([mine, values]) => difference(mine, values, floor)));
}

const describeSpec = (seed: number) => `seed ${seed}: ${JSON.stringify(randomSpec(seed))}`;

describe('core engine against TensorFlow.js', () => {
  it('has the same loss and gradients on 220 random networks', async () => {
    let worst = 0;
    for (let seed = 1; seed <= 220; seed++) {
      const spec = randomSpec(seed);
      const weights = randomWeights(spec, seed);
      const rows = randomRows(spec, 2 + (seed % 9), seed);
      const ours = await core.gradients(spec, weights, rows);
      const theirs = await oracle.gradients(spec, weights, rows);
      const apart = worstDifference(ours.gradients, theirs.gradients);
      worst = Math.max(worst, apart);
      expect(apart, describeSpec(seed)).toBeLessThan(1e-4);
      expect(Math.abs(ours.loss - theirs.loss), describeSpec(seed)).toBeLessThan(1e-4 * Math.max(1, theirs.loss));
    }
    console.log(`largest relative difference of a gradient: ${worst.toExponential(2)}`);
  });

  it('predicts the same probabilities, with moving statistics', async () => {
    for (let seed = 301; seed <= 340; seed++) {
      const spec = randomSpec(seed);
      const weights = randomWeights(spec, seed);
      const rows = randomRows(spec, 9, seed);
      const ours = await core.predict(spec, weights, rows.x, rows.count);
      const theirs = await oracle.predict(spec, weights, rows.x, rows.count);
      expect(difference(ours, theirs, 0.01), describeSpec(seed)).toBeLessThan(1e-4);
    }
  });

  it.each(['sgd', 'adam'] as const)('has the same loss and weights after 10 steps of %s', async (optimiser) => {
    for (let seed = 401; seed <= 412; seed++) {
      const spec = randomSpec(seed);
      const rows = randomRows(spec, 12, seed);
      const options: TrainOptions = {
        epochs: 10,
        batchSize: 12,
        learningRate: optimiser === 'sgd' ? 0.05 : 0.005,
        seed,
        threads: 1,
        patience: 0,
        leastSteps: 1,
        optimiser,
        initial: randomWeights(spec, seed),
        classWeights: Array.from({ length: 8 }, (_, i) => 0.5 + i / 4).slice(0, classesOf(seed)),
      };
      const ours = await core.train(spec, rows, undefined, options);
      const theirs = await oracle.train(spec, rows, undefined, options);
      const apart = ours.history.map(
        (epoch, i) => Math.abs(epoch.loss - theirs.history[i].loss) / Math.max(1, epoch.loss),
      );
      expect(Math.max(...apart), describeSpec(seed)).toBeLessThan(1e-4);
      const [a, b] = await Promise.all(
        [ours, theirs].map((result) => core.predict(spec, result.weights, rows.x, rows.count)),
      );
      expect(difference(a, b, 0.01), describeSpec(seed)).toBeLessThan(2e-3);
    }
  });
});

const classesOf = (seed: number) => {
  const last = randomSpec(seed).layers.at(-2);
  return last?.kind === 'dense' ? last.units : 0;
};
