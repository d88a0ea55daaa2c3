/** The core engine's gradients and predictions against TensorFlow.js's, on random networks over all that there is. */
import { afterAll, describe, expect, it } from 'vitest';
import { coreEngine, tensorflowEngine } from '../../src/train';
import { difference, expectSameGradients, gradientDifference } from './compare';
import { randomOptions, randomRows, randomSpec, randomWeights } from './random-specs';

const core = coreEngine({ workerScript: null });
const oracle = tensorflowEngine({ plain: true });
afterAll(async () => {
  await core.close();
  await oracle.close();
});

const networks = 520;
const describeSpec = (seed: number) => `seed ${seed}: ${JSON.stringify(randomSpec(seed))}`;

describe('core engine against TensorFlow.js', () => {
  it(`has the same loss and gradients on ${networks} random networks`, async () => {
    const [all, cancelled] = [[], []] as [number[], number[]];
    let [arrays, small] = [0, 0];
    for (let seed = 1; seed <= networks; seed++) {
      const spec = randomSpec(seed);
      const weights = randomWeights(spec, seed);
      // Not fewer rows: batch norm over two of them makes nothing but rounding of most gradients.
      const rows = randomRows(spec, 4 + (seed % 5), seed);
      const options = randomOptions(spec, seed);
      const ours = await core.gradients(spec, weights, rows, options);
      const theirs = await oracle.gradients(spec, weights, rows, options);
      const found = gradientDifference(ours.gradients, theirs.gradients);
      all.push(found.worst);
      cancelled.push(found.worstCancelled);
      arrays += found.arrays;
      small += found.cancelled;
      const about = `${describeSpec(seed)} ${JSON.stringify(options)}`;
      expectSameGradients(found, about);
      expect(Math.abs(ours.loss - theirs.loss), about).toBeLessThan(1e-4 * Math.max(1, theirs.loss));
    }
    const [median, worst] = [all.toSorted((a, b) => a - b)[networks / 2], Math.max(...all)].map((x) =>
      x.toExponential(1),
    );
    console.log(`relative difference of gradients, per network's worst array: median ${median}, largest ${worst}`);
    const largest = Math.max(...cancelled).toExponential(1);
    console.log(`${small} of ${arrays} arrays cancel to rounding: largest difference over the largest norm ${largest}`);
  });

  it('predicts the same, with moving statistics', async () => {
    for (let seed = 601; seed <= 680; seed++) {
      const spec = randomSpec(seed);
      const weights = randomWeights(spec, seed);
      const rows = randomRows(spec, 9, seed);
      const ours = await core.predict(spec, weights, rows.x, rows.count);
      const theirs = await oracle.predict(spec, weights, rows.x, rows.count);
      expect(difference(ours, theirs, 0.01), describeSpec(seed)).toBeLessThan(1e-4);
    }
  });
});
