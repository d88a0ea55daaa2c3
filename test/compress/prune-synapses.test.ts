/** Single weights that go stay away, in float and in int8, and the file shrinks to what was asked. */
import { afterAll, describe, expect, it } from 'vitest';
import {
  balancedCalibration,
  deflatedBytesOf,
  draftTflite,
  pruneSynapses,
  quantiseModel,
  zeroShareOf,
} from '../../src/compress';
import { withoutSmallest } from '../../src/compress/prune/synapses';
import { buildModel, initialWeights } from '../../src/model';
import { coreEngine } from '../../src/train';
import { toyMotion, toyOptions } from '../train/toy';

const engine = coreEngine({ workerScript: null });
afterAll(() => engine.close());

const spec = buildModel({ kind: 'conv1d', size: 'medium', inputShape: [40, 3], classes: 4 });
const training = toyMotion(160, 40, 3, 1);
const fineTune = { ...toyOptions, epochs: 4 };
const weights = initialWeights(spec, 1);

describe('pruneSynapses', () => {
  it('brings a share to exactly zero, and int8 keeps every zero', async () => {
    const made = await pruneSynapses({ engine, spec, weights, training, fineTune, target: { share: 0.8 } });
    const { tflite } = quantiseModel(spec, made.weights, balancedCalibration(training, 4, 50, 1));
    const kernels = made.weights.flatMap(({ kernel }) => (kernel ? [...kernel] : []));
    const zeros = kernels.filter((w) => w === 0).length / kernels.length;
    expect(zeros).toBeCloseTo(0.8, 2);
    expect(zeroShareOf(tflite)).toBeGreaterThanOrEqual(zeros);
    expect(made.bytes).toBe(tflite.length);
    expect(made.bytes).toBe(draftTflite(spec, weights).length);
    // The made-up ranges only change biases and scales.
    expect(Math.abs(made.deflatedBytes - deflatedBytesOf(tflite))).toBeLessThan(0.1 * made.deflatedBytes);
    expect(made.deflatedBytes).toBeLessThan(deflatedBytesOf(draftTflite(spec, weights)) / 2);
  });

  it('finds the share for a size', async () => {
    const target = { deflatedBytes: 4000 };
    const made = await pruneSynapses({ engine, spec, weights, training, fineTune, target });
    expect(made.deflatedBytes).toBeLessThanOrEqual(4000);
    expect(made.deflatedBytes).toBeGreaterThan(3000);
    expect(made.share).toBeGreaterThan(0.1);
  });

  it.each([
    ['all of the weights', { share: 1 }, 'bad-options'],
    ['no number', { share: NaN }, 'bad-options'],
    ['a size that the biases alone exceed', { deflatedBytes: 100 }, 'unreachable-target'],
  ])('refuses %s', async (_what, target, code) => {
    const made = pruneSynapses({ engine, spec, weights, training, fineTune, target });
    await expect(made).rejects.toMatchObject({ code });
  });

  it('takes the smallest of each layer', () => {
    const dense = { version: 1, input: [4], layers: [{ kind: 'dense', units: 1, activation: 'none' }] } as const;
    const kernel = Float32Array.of(0.1, -3, 2, -0.2);
    expect(withoutSmallest(dense, [{ kernel, bias: new Float32Array(1) }], 0.5)[0].kernel).toEqual(
      Float32Array.of(0, -3, 2, 0),
    );
  });
});
