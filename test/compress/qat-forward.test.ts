/** The forward pass of quantisation-aware training equals the board's int8 engine byte for byte. */
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base';
import { quantiseModel, runInt8, type QuantizeOptions } from '../../src/compress';
import { loadCore } from '../../src/core';
import { initialWeights, product, type LayerSpec, type ModelSpec, type ModelWeights } from '../../src/model';
import { simulatedForward, type Simulated } from './qat-forward';
import { randomModel } from './random-models';

const core = await loadCore();

/** Both on the same rows, softmax or sigmoid left out of both. */
function both(
  model: { spec: ModelSpec; weights: ModelWeights; rows: Float32Array; count: number },
  options: QuantizeOptions,
): { ours: Simulated; theirs: Int8Array } {
  const { layers } = model.spec;
  const end = ['softmax', 'sigmoid'].includes(layers[layers.length - 1].kind) ? -1 : layers.length;
  const spec = { ...model.spec, layers: layers.slice(0, end) };
  const weights = model.weights.slice(0, end);
  const ours = simulatedForward(spec, weights, model.rows, model.count, options);
  const theirs = runInt8(core, quantiseModel(spec, weights, options), model.rows, model.count).int8;
  return { ours, theirs };
}

describe('forward pass as the int8 engine', () => {
  it('gives the same bytes on 300 random networks, weights of absurd sizes among them', () => {
    const kinds = new Set<string>();
    const seen = new Set<number>();
    let values = 0;
    for (let seed = 1; seed <= 300; seed++) {
      const model = randomModel(seed);
      // Ranges of half the rows: the others run over them now and then.
      const options = { calibration: model.rows, calibrationCount: model.count / 2, perChannelDense: seed % 3 === 0 };
      const { ours, theirs } = both(model, options);
      expect(ours.int8, `seed ${seed}: ${JSON.stringify(model.spec)}`).toEqual(theirs);
      for (const layer of model.spec.layers) kinds.add(layer.kind);
      for (const value of theirs) seen.add(value);
      values += theirs.length;
    }
    // All int8 values occur, and all kinds of layers.
    expect(seen.size).toBe(256);
    expect([...kinds]).toEqual(
      expect.arrayContaining([
        ...['dense', 'conv1d', 'conv2d', 'depthwiseConv2d', 'batchNorm', 'activation', 'add', 'zeroPadding'],
        ...['maxPool1d', 'averagePool1d', 'maxPool2d', 'averagePool2d', 'globalAveragePool', 'flatten', 'reshape'],
      ]),
    );
    console.log(`${values} int8 values equal`);
  });

  const wide: [string, number[], LayerSpec][] = [
    ['dense', [3000], { kind: 'dense', units: 70, activation: 'relu' }],
    [
      'conv2d',
      [6, 6, 96],
      { kind: 'conv2d', filters: 66, kernel: [3, 3], stride: [1, 1], padding: 'same', activation: 'none' },
    ],
    [
      'pointwise',
      [3, 2, 900],
      { kind: 'conv2d', filters: 5, kernel: [1, 1], stride: [1, 1], padding: 'same', activation: 'relu' },
    ],
    [
      'depthwise',
      [40, 30, 3],
      {
        kind: 'depthwiseConv2d',
        multiplier: 2,
        kernel: [39, 29],
        stride: [1, 1],
        padding: 'same',
        activation: 'none',
      },
    ],
  ];
  it.each(wide)('gives the same bytes where sums leave what float32 counts: %s', (_name, input, layer) => {
    const random = new Random(7);
    const spec: ModelSpec = { version: 1, input, layers: [layer] };
    // All weights of one size and all inputs positive, so that sums come close to the largest possible.
    const weights = initialWeights(spec, 1).map(({ kernel, bias }) => ({
      kernel: kernel?.map(() => (random.below(20) === 0 ? -0.03 : 0.03)) as Float32Array,
      bias: bias?.map(() => random.normal()) as Float32Array,
    }));
    const rows = Float32Array.from({ length: 3 * product(input) }, () => 0.5 + random.uniform());
    const { ours, theirs } = both({ spec, weights, rows, count: 3 }, { calibration: rows, calibrationCount: 3 });
    expect(ours.exactInFloat).toBe(false);
    expect(ours.int8).toEqual(theirs);
    expect(new Set(theirs).size).toBeGreaterThan(10);
  });
});
