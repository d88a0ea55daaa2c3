/** Folding batch norm must not change what a network computes, nor break who reads whom. */
import { describe, expect, it } from 'vitest';
import { foldBatchNorm } from '../../src/compress';
import { checkWeights, initialWeights, shapesOf, type LayerSpec, type ModelSpec } from '../../src/model';
import { randomSpec, randomRows, randomWeights } from '../train/random-specs';
import { randomModel } from './random-models';
import { tensorflowOutputs } from './tfjs-reference';

/** Largest difference, relative to the largest output. */
function difference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  const largest = a.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]) / largest), 0);
}

const leftOver = (spec: ModelSpec): LayerSpec[] =>
  spec.layers.filter(({ kind }) => kind === 'batchNorm' || kind === 'dropout');

describe('foldBatchNorm', () => {
  it('keeps what 300 random networks compute', async () => {
    let norms = 0;
    for (let seed = 0; seed < 300; seed++) {
      const model = randomModel(2 * seed);
      const own = randomSpec(seed);
      const { spec, weights, rows, count } =
        seed % 2 ? model : { spec: own, weights: randomWeights(own, seed), rows: randomRows(own, 6, seed).x, count: 6 };
      norms += spec.layers.filter(({ kind }) => kind === 'batchNorm').length;
      const folded = foldBatchNorm(spec, weights);
      expect(leftOver(folded.spec)).toEqual([]);
      expect(shapesOf(folded.spec).at(-1)).toEqual(shapesOf(spec).at(-1));
      const before = await tensorflowOutputs({ spec, weights, rows, count });
      const after = await tensorflowOutputs({ ...folded, rows, count });
      if (difference(before, after) > 2e-5)
        expect.fail(`seed ${seed}: ${difference(before, after)} ${JSON.stringify(spec)}`);
    }
    expect(norms).toBeGreaterThan(100);
  });

  const conv = { kind: 'conv2d', filters: 3, kernel: [3, 3], stride: [1, 1], padding: 'same' } as const;
  const norm = { kind: 'batchNorm', activation: 'relu' } as const;
  const folded = async (input: number[], layers: LayerSpec[]): Promise<LayerSpec[]> => {
    const spec: ModelSpec = { version: 1, input, layers };
    const weights = randomWeights(spec, 4);
    const made = foldBatchNorm(spec, weights);
    checkWeights(made.spec, made.weights);
    const rows = Float32Array.from({ length: 4 * input.reduce((a, b) => a * b) }, (_, i) => Math.sin(i * i));
    const [before, after] = [
      await tensorflowOutputs({ spec, weights, rows, count: 4 }),
      await tensorflowOutputs({ ...made, rows, count: 4 }),
    ];
    expect(difference(before, after)).toBeLessThan(1e-5);
    return [...made.spec.layers];
  };

  it('gives a layer without biases the norm as its bias, and its name and activation', async () => {
    const layers = await folded(
      [6, 6, 2],
      [
        { ...conv, activation: 'none', bias: false, name: 'a' },
        { ...norm, name: 'b' },
        { kind: 'activation', activation: 'relu6', name: 'c' },
        { kind: 'add', inputs: ['b', 'c'], activation: 'none' },
      ],
    );
    expect(layers).toEqual([
      { ...conv, activation: 'relu', name: 'b' },
      { kind: 'activation', activation: 'relu6', name: 'c' },
      { kind: 'add', inputs: ['b', 'c'], activation: 'none' },
    ]);
  });

  it('makes a depthwise convolution of a norm behind a pool, an add, an activation, or a layer that others read', async () => {
    const depthwise = { kind: 'depthwiseConv2d', multiplier: 1, kernel: [1, 1], stride: [1, 1], padding: 'valid' };
    const pool = { kind: 'maxPool2d', size: [2, 2], stride: [2, 2], padding: 'valid' } as const;
    expect(await folded([6, 6, 2], [pool, norm])).toEqual([pool, { ...depthwise, activation: 'relu' }]);
    const active = { ...conv, activation: 'relu', name: 'a' } as const;
    expect(await folded([6, 6, 2], [active, norm, { kind: 'add', inputs: ['a', 'a'], activation: 'none' }])).toEqual([
      active,
      { ...depthwise, activation: 'relu' },
      { kind: 'add', inputs: ['a', 'a'], activation: 'none' },
    ]);
    const shared = await folded(
      [6, 6, 2],
      [
        { ...conv, activation: 'none', name: 'a' },
        { ...norm, name: 'b' },
        { kind: 'add', inputs: ['a', 'b'], activation: 'none' },
        { ...norm, name: 'last' },
      ],
    );
    expect(shared.map(({ kind, name }) => [kind, name])).toEqual([
      ['conv2d', 'a'],
      ['depthwiseConv2d', 'b'],
      ['add', undefined],
      ['depthwiseConv2d', 'last'],
    ]);
  });

  it('goes through reshapes where the values are no image', async () => {
    expect((await folded([5, 2], [norm])).map(({ kind }) => kind)).toEqual(['reshape', 'depthwiseConv2d', 'reshape']);
    expect((await folded([7], [{ kind: 'softmax' }, norm])).length).toBe(4);
  });

  it('names what was read by its place before, when that place is no longer right', async () => {
    const layers = await folded(
      [6, 6, 3],
      [
        { ...conv, activation: 'none', name: 'main' },
        { ...conv, activation: 'relu', inputs: ['input'], name: 'side' },
        { ...norm, inputs: ['main'] },
        { kind: 'dropout', rate: 0.5 },
        { ...conv, activation: 'none' },
        { kind: 'add', inputs: ['side', 'side'], activation: 'none' },
      ],
    );
    expect(layers.map((layer) => [layer.kind, layer.name, layer.inputs])).toEqual([
      ['conv2d', 'main', undefined],
      ['conv2d', 'side', ['input']],
      ['conv2d', undefined, ['main']],
      ['add', undefined, ['side', 'side']],
    ]);
  });

  it('keeps the output last, and a network of nothing a network', async () => {
    const layers = await folded(
      [6, 6, 2],
      [
        { ...conv, activation: 'none', name: 'main' },
        { ...conv, activation: 'none', name: 'unread' },
        { kind: 'dropout', rate: 0.1, inputs: ['main'] },
      ],
    );
    expect(layers[2]).toEqual({ kind: 'activation', activation: 'none', inputs: ['main'] });
    expect(await folded([4], [{ kind: 'dropout', rate: 0.2 }])).toEqual([{ kind: 'activation', activation: 'none' }]);
  });

  it('leaves other networks as they are, and the given weights untouched', () => {
    const spec = {
      version: 1,
      input: [6, 6, 2],
      layers: [{ ...conv, activation: 'none', bias: false }, norm],
    } as const;
    const weights = initialWeights(spec, 3);
    const copy = structuredClone(weights);
    const once = foldBatchNorm(spec, weights);
    expect(weights).toEqual(copy);
    expect(foldBatchNorm(once.spec, once.weights)).toEqual(once);
  });
});
