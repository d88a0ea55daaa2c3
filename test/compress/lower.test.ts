/** Folding batch norm, fusing activations and dropping dropout must not change what a network computes. */
import { describe, expect, it } from 'vitest';
import { floatOutputs } from '../../src/compress';
import { randomModel } from './random-models';
import { tensorflowOutputs } from './tfjs-reference';

describe('lowering a network to TensorFlow Lite operators', () => {
  it('keeps what 120 random networks compute, to float32 precision', async () => {
    let compared = 0;
    for (let seed = 1000; seed < 1120; seed++) {
      const model = randomModel(seed);
      const ours = floatOutputs(model.spec, model.weights, model.rows, model.count);
      const theirs = await tensorflowOutputs(model);
      expect(ours.length).toBe(theirs.length);
      const largest = theirs.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
      ours.forEach((value, i) => {
        if (!(Math.abs(value - theirs[i]) <= 2e-5 * largest))
          expect.fail(
            `seed ${seed}, value ${i}: ${value} but TensorFlow says ${theirs[i]}; ${JSON.stringify(model.spec)}`,
          );
      });
      compared += ours.length;
    }
    expect(compared).toBeGreaterThan(5_000);
  });
});
