/** ModelSpec: shapes, counts, first values, the models on offer, and specs that are refused. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  buildModel,
  checkWeights,
  initialWeights,
  macsOf,
  modelAdvice,
  ModelError,
  parameterCount,
  shapesOf,
  suggestModel,
  type LayerSpec,
  type ModelSpec,
} from '../../src/model';

const spec = (input: number[], ...layers: LayerSpec[]): ModelSpec => ({ version: 1, input, layers });

describe('shapes', () => {
  it('follow TensorFlow for strides and padding', () => {
    const model = spec(
      [10, 11, 3],
      { kind: 'conv2d', filters: 8, kernel: [3, 3], stride: [2, 2], padding: 'same', activation: 'relu' },
      { kind: 'depthwiseConv2d', multiplier: 2, kernel: [3, 3], stride: [1, 1], padding: 'valid', activation: 'relu6' },
      { kind: 'zeroPadding', padding: [0, 1, 2, 3] },
      { kind: 'maxPool2d', size: [2, 2], stride: [2, 2], padding: 'valid' },
      { kind: 'globalAveragePool' },
      { kind: 'reshape', shape: [4, 4] },
      { kind: 'averagePool1d', size: 3, stride: 2, padding: 'same' },
      { kind: 'flatten' },
      { kind: 'softmax' },
    );
    expect(shapesOf(model)).toEqual([[5, 6, 8], [3, 4, 16], [4, 9, 16], [2, 4, 16], [16], [4, 4], [2, 4], [8], [8]]);
  });

  it('let a layer read an earlier one by name', () => {
    const model = spec(
      [6, 4],
      { kind: 'activation', activation: 'relu', name: 'a' },
      { kind: 'conv1d', filters: 4, kernel: 3, stride: 1, padding: 'same', activation: 'none', name: 'b' },
      { kind: 'add', inputs: ['a', 'b'], activation: 'relu' },
    );
    expect(shapesOf(model).at(-1)).toEqual([6, 4]);
  });
});

describe('counts', () => {
  it('are what Keras counts for a dense 33-20-10-6', () => {
    const model = buildModel({ kind: 'dense', size: 'small', inputShape: [33], classes: 6 });
    expect(parameterCount(model)).toBe(34 * 20 + 21 * 10 + 11 * 6);
    expect(macsOf(model)).toBe(33 * 20 + 20 * 10 + 10 * 6);
  });

  it.each([
    ['small', [126, 3], 3, 4739, 54792],
    ['medium', [126, 3], 4, 21180, 172848],
    ['large', [126, 3], 4, 48548, 543880],
    ['medium', [75, 3], 4, 14012, 102368],
    ['medium', [200, 6], 6, 21582, 294976],
  ] as const)('of the %s 1-D convolution on [%s] with %i labels', (size, inputShape, classes, parameters, macs) => {
    const model = buildModel({ kind: 'conv1d', size, inputShape, classes });
    expect([parameterCount(model), macsOf(model)]).toEqual([parameters, macs]);
  });
});

describe('the models on offer', () => {
  it.each([[[1, 1]], [[2, 3]], [[8, 6]], [[31, 3]], [[1000, 9]]])(
    'a 1-D convolution fits any window, as %j',
    (inputShape) => {
      for (const size of ['small', 'medium', 'large'] as const) {
        const model = buildModel({ kind: 'conv1d', size, inputShape, classes: 3 });
        expect(shapesOf(model).at(-1)).toEqual([3]);
        expect(model.layers.at(-1)?.kind).toBe('softmax');
        expect(modelAdvice.conv1d[size]).toMatch(/^For .*\.$|^The usual .*\.$/);
      }
    },
  );

  it('raw windows suggest a convolution, features a dense network', () => {
    expect(suggestModel([126, 3])).toBe('conv1d');
    expect(suggestModel([33])).toBe('dense');
    expect(suggestModel([4, 3])).toBe('dense');
  });

  it('refuses what cannot be built', () => {
    const choice = { kind: 'conv1d', size: 'medium', inputShape: [33], classes: 3 } as const;
    expect(() => buildModel(choice)).toThrow(ModelError);
    expect(() => buildModel({ ...choice, kind: 'dense', classes: 1 })).toThrow('2 to 1000 labels');
    expect(() => buildModel({ ...choice, size: 'huge' as 'large' })).toThrow(ModelError);
  });
});

describe('first weights', () => {
  const model = buildModel({ kind: 'conv1d', size: 'medium', inputShape: [75, 3], classes: 4 });
  const digest = (seed: number) => {
    const hash = createHash('sha256');
    for (const layer of initialWeights(model, seed))
      for (const values of Object.values(layer) as Float32Array[]) hash.update(new Uint8Array(values.buffer));
    return hash.digest('hex').slice(0, 16);
  };

  it('are the same bits for a seed on every machine', () => {
    expect(digest(1)).toBe('a5430b2fe5ff2dd8');
    expect(digest(2)).not.toBe(digest(1));
  });

  it('lie within He and Glorot limits, biases at 0', () => {
    const weights = initialWeights(model, 3);
    const limit = Math.sqrt(6 / (7 * 3));
    const kernel = weights[0].kernel as Float32Array;
    expect(Math.max(...kernel)).toBeLessThanOrEqual(limit);
    expect(Math.max(...kernel)).toBeGreaterThan(limit * 0.9);
    expect(weights[0].bias).toEqual(new Float32Array(16));
    const last = weights.at(-2)?.kernel as Float32Array;
    expect(Math.max(...last)).toBeLessThanOrEqual(Math.sqrt(6 / 36));
  });

  it('fit the spec, and damaged ones do not', () => {
    const weights = initialWeights(model, 3);
    checkWeights(model, weights);
    expect(() => checkWeights(model, weights.slice(1))).toThrow(ModelError);
    const short = weights.map((layer, i) => (i === 0 ? { ...layer, bias: new Float32Array(3) } : layer));
    expect(() => checkWeights(model, short)).toThrow('Layer 1 (conv1d) needs 16 numbers as its bias but got 3.');
    const broken = weights.map((layer, i) => (i === 0 ? { ...layer, bias: new Float32Array(16).fill(NaN) } : layer));
    expect(() => checkWeights(model, broken)).toThrow('not finite');
  });
});

describe('specs that are refused', () => {
  const dense: LayerSpec = { kind: 'dense', units: 4, activation: 'relu' };
  const conv: LayerSpec = { kind: 'conv1d', filters: 4, kernel: 3, stride: 1, padding: 'valid', activation: 'relu' };
  const cases: [string, unknown][] = [
    ['nothing', null],
    ['no version', { input: [3], layers: [dense] }],
    ['no layers', spec([3])],
    ['an empty input', spec([], dense)],
    ['an input of no size', spec([0], dense)],
    ['an input that is not whole', spec([2.5], dense)],
    ['an input too large', spec([1 << 20, 1 << 20], dense)],
    ['a layer that is none', { version: 1, input: [3], layers: [null] }],
    ['an unknown kind', { version: 1, input: [3], layers: [{ kind: 'lstm' }] }],
    ['no units', spec([3], { ...dense, units: 0 })],
    ['units that are text', spec([3], { ...dense, units: '4' as unknown as number })],
    ['an unknown activation', spec([3], { ...dense, activation: 'tanh' as 'relu' })],
    ['dense on a window', spec([5, 3], dense)],
    ['a convolution on features', spec([5], conv)],
    ['a window shorter than its kernel', spec([2, 3], conv)],
    ['an unknown padding', spec([5, 3], { ...conv, padding: 'full' as 'same' })],
    ['a stride of nothing', spec([5, 3], { ...conv, stride: 0 })],
    ['a dropout of everything', spec([3], { kind: 'dropout', rate: 1 })],
    ['a reshape that loses values', spec([6], { kind: 'reshape', shape: [4] })],
    ['an addition of one', spec([6], { kind: 'add', activation: 'none' })],
    [
      'an addition of unlike shapes',
      spec(
        [6],
        { ...dense, name: 'a' },
        { ...dense, units: 5, name: 'b' },
        { kind: 'add', inputs: ['a', 'b'], activation: 'none' },
      ),
    ],
    ['a name that nobody has', spec([6], { ...dense, inputs: ['x'] })],
    ['a name taken twice', spec([6], { ...dense, name: 'a' }, { ...dense, name: 'a' })],
    ['a later layer as input', spec([6], { ...dense, name: 'a', inputs: ['b'] }, { ...dense, name: 'b' })],
    [
      'an output beyond memory',
      spec(
        [1 << 16],
        { ...dense, units: 1 << 20 },
        { kind: 'reshape', shape: [1 << 20, 1] },
        { ...conv, filters: 1 << 20, padding: 'same' },
      ),
    ],
  ];
  it.each(cases)('%s', (_, model) => {
    let failure: unknown;
    try {
      shapesOf(model as ModelSpec);
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(ModelError);
    expect((failure as ModelError).message).toMatch(/^[A-Z].*\.$/);
    expect((failure as ModelError).action).toMatch(/^[A-Z].*\.$/);
  });

  it('weights that no memory holds', () => {
    expect(() => initialWeights(spec([1 << 16], { ...dense, units: 1 << 16 }), 1)).toThrow(
      expect.objectContaining({ code: 'too-large' }),
    );
  });

  it('the sentence names the layer', () => {
    expect(() => shapesOf(spec([5, 3], conv, { ...dense, name: 'head' }))).toThrow(
      'Layer 2 (dense "head") needs a flat list of values',
    );
  });
});
