/** The core engine's gradients and predictions against TensorFlow.js's, on random networks over all that there is. */
import { afterAll, describe, expect, it } from 'vitest';
import { coreEngine, tensorflowEngine } from '../../src/train';
import { difference, worstDifference } from './compare';
import { randomOptions, randomRows, randomSpec, randomWeights } from './random-specs';

const core = coreEngine({ workerScript: null });
const oracle = tensorflowEngine();
afterAll(async () => {
  await core.close();
  await oracle.close();
});

const networks = 520;
const describeSpec = (seed: number) => `seed ${seed}: ${JSON.stringify(randomSpec(seed))}`;

describe('core engine against TensorFlow.js', () => {
  it(`has the same loss and gradients on ${networks} random networks`, async () => {
    let worst = 0;
    for (let seed = 1; seed <= networks; seed++) {
      const spec = randomSpec(seed);
      const weights = randomWeights(spec, seed);
      // Not fewer rows: batch norm over two of them makes nothing but rounding of most gradients.
      const rows = randomRows(spec, 4 + (seed % 5), seed);
      const options = randomOptions(spec, seed);
      const ours = await core.gradients(spec, weights, rows, options);
      const theirs = await oracle.gradients(spec, weights, rows, options);
      const apart = worstDifference(ours.gradients, theirs.gradients);
      worst = Math.max(worst, apart);
      const about = `${describeSpec(seed)} ${JSON.stringify(options)}`;
      expect(apart, about).toBeLessThan(1e-4);
      expect(Math.abs(ours.loss - theirs.loss), about).toBeLessThan(1e-4 * Math.max(1, theirs.loss));
    }
    console.log(`largest relative difference of a gradient: ${worst.toExponential(2)}`);
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
