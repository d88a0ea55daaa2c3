/** Quantization: equal bytes for equal input, agreement with the float network, and hostile numbers. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base';
import { balancedCalibration, quantiseModel, readTflite } from '../../src/compress';
import { runGraph } from '../../src/compress/float-forward';
import { lower } from '../../src/compress/lower';
import { quantizationOf, roundAway } from '../../src/compress/quantize-graph';
import { buildModel, initialWeights, type ModelSpec, type ModelWeights } from '../../src/model';
import { randomModel } from './random-models';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const tiny: ModelSpec = {
  version: 1,
  input: [3],
  layers: [{ kind: 'dense', units: 2, activation: 'none' }, { kind: 'softmax' }],
};
const calibration = Float32Array.of(1, -1, 0.5, 0.2, 0.3, -2);
const tinyWeights = (kernel: number[], bias: number[]): ModelWeights => [
  { kernel: Float32Array.from(kernel), bias: Float32Array.from(bias) },
  {},
];

describe('quantiseModel', () => {
  it('gives the same bytes for the same weights and rows', () => {
    for (const seed of [1, 2, 3]) {
      const make = (): Uint8Array => {
        const { spec, weights, rows, count } = randomModel(seed);
        return quantiseModel(spec, weights, { calibration: rows, calibrationCount: count }).tflite;
      };
      expect(sha256(make())).toBe(sha256(make()));
    }
  });

  it('fixes the softmax output at 1/256 and -128, and takes the input range from the rows', () => {
    const made = quantiseModel(tiny, tinyWeights([1, 2, 3, 4, 5, 6], [0, 1]), { calibration, calibrationCount: 2 });
    expect(made).toMatchObject({ outputScale: 1 / 256, outputZeroPoint: -128 });
    expect(made.inputScale).toBe(Math.fround(3 / 255));
    expect(made.inputZeroPoint).toBe(roundAway(-128 + 2 / made.inputScale));
    const summary = readTflite(made.tflite);
    expect(summary.operators.map((operator) => operator.name)).toEqual(['FULLY_CONNECTED', 'SOFTMAX']);
  });

  it('writes a zoo model in the expected operators, smaller than its float weights', () => {
    const spec = buildModel({ kind: 'conv1d', size: 'medium', inputShape: [75, 3], classes: 4 });
    const weights = initialWeights(spec, 1);
    const random = new Random(5);
    const rows = Float32Array.from({ length: 20 * 225 }, () => random.normal());
    const { tflite } = quantiseModel(spec, weights, { calibration: rows, calibrationCount: 20 });
    const names = readTflite(tflite).operators.map((operator) => operator.name);
    expect(names[0]).toBe('RESHAPE');
    expect(names[names.length - 1]).toBe('SOFTMAX');
    expect(names).toContain('CONV_2D');
  });

  it.each([
    ['NaN', [NaN, 0, 0, 0, 0, 0]],
    ['infinite', [Infinity, 0, 0, 0, 0, 0]],
  ])('refuses %s weights with a sentence that names the layer', (_what, kernel) => {
    expect(() => quantiseModel(tiny, tinyWeights(kernel, [0, 0]), { calibration, calibrationCount: 2 })).toThrow(
      expect.objectContaining({ code: 'bad-weights', message: expect.stringMatching(/Layer 1 \(dense\)/) as string }),
    );
  });

  it('refuses rows that are missing, too short or not numbers', () => {
    const weights = tinyWeights([1, 2, 3, 4, 5, 6], [0, 0]);
    for (const [rows, calibrationCount] of [
      [calibration, 0],
      [calibration, 3],
      [Float32Array.of(1, NaN, 0), 1],
    ] as const)
      expect(() => quantiseModel(tiny, weights, { calibration: rows, calibrationCount })).toThrow(
        expect.objectContaining({ code: 'bad-calibration' }),
      );
  });

  it('survives dead channels, silent inputs, and weights of any size', () => {
    const cases: [number[], number[]][] = [
      [
        [0, 0, 0, 0, 0, 0],
        [0, 0],
      ],
      [
        [0, 0, 0, 0, 0, 0],
        [1e6, -1e-6],
      ],
      [
        [1e-30, 0, 1e-38, 0, 1e-20, 0],
        [1, 0],
      ],
      [
        [1e10, 1, -1e10, 1, 1e10, 1],
        [0, 1e12],
      ],
      [
        [1e-3, 1, 1e-3, 1, 1e-3, 1],
        [500, 0],
      ],
    ];
    for (const [kernel, bias] of cases)
      for (const rows of [calibration, new Float32Array(6)]) {
        const { tflite } = quantiseModel(tiny, tinyWeights(kernel, bias), { calibration: rows, calibrationCount: 2 });
        for (const tensor of readTflite(tflite).tensors)
          for (const scale of tensor.scales) expect(scale > 0 && Number.isFinite(scale)).toBe(true);
      }
  });

  describe('ranges', () => {
    const weights = tinyWeights([1, 2, 3, 4, 5, 6], [0, 1]);
    const options = { calibration, calibrationCount: 2 };
    const graph = lower(tiny, weights);

    it('given one per value are taken as they are, without any rows', () => {
      const seen = runGraph(graph, calibration, 2);
      const none = { calibration: new Float32Array(0), calibrationCount: 0 };
      const given = quantiseModel(tiny, weights, { ...none, ranges: seen });
      expect(sha256(given.tflite)).toBe(sha256(quantiseModel(tiny, weights, options).tflite));
      const wide = seen.map(() => ({ min: -8, max: 7.9375 }));
      expect(quantiseModel(tiny, weights, { ...none, ranges: wide })).toMatchObject({
        inputScale: 1 / 16,
        inputZeroPoint: 0,
      });
    });

    it('by percentile leave out outliers, never more than their share', () => {
      const random = new Random(3);
      const rows = Float32Array.from({ length: 3 * 2000 }, () => random.uniform() * 2 - 1);
      rows[77] = 1000;
      const options = { calibration: rows, calibrationCount: 2000 };
      const whole = quantiseModel(tiny, weights, options);
      expect(whole.inputScale).toBeGreaterThan(3.9);
      const most = quantiseModel(tiny, weights, { ...options, ranges: { percentile: 99.9 } });
      // A bin of the histogram is 1001 / 16384 wide.
      expect(most.inputScale * 255).toBeGreaterThan(1.99);
      expect(most.inputScale * 255).toBeLessThan(2.13);
      const all = quantiseModel(tiny, weights, { ...options, ranges: { percentile: 100 } });
      expect(sha256(all.tflite)).toBe(sha256(whole.tflite));
    });

    it.each([
      ['too few', [{ min: 0, max: 1 }]],
      ['upside down', graph.values.map(() => ({ min: 1, max: 0 }))],
      ['not numbers', graph.values.map(() => ({ min: NaN, max: 0 }))],
      ['endless', graph.values.map(() => ({ min: 0, max: Infinity }))],
      ['a percentile of 50', { percentile: 50 }],
      ['a percentile that is not a number', { percentile: NaN }],
    ])('that are %s are refused', (_what, ranges) => {
      expect(() => quantiseModel(tiny, weights, { ...options, ranges })).toThrow(
        expect.objectContaining({ code: 'bad-calibration' }),
      );
    });
  });

  it('holds zero exactly in every range', () => {
    for (const [min, max] of [
      [-1, 2],
      [0.5, 3],
      [-3, -1],
      [0, 0],
      [1e-12, 2e-12],
      [-1e-9, 1e9],
    ]) {
      const { scale, zeroPoint } = quantizationOf({ min, max });
      expect(Number.isInteger(zeroPoint)).toBe(true);
      expect(zeroPoint).toBeGreaterThanOrEqual(-128);
      expect(zeroPoint).toBeLessThanOrEqual(127);
      expect(scale).toBe(Math.fround(scale));
      expect(scale).toBeGreaterThan(0);
    }
  });
});

describe('balancedCalibration', () => {
  const rows = (labels: number[]): { count: number; x: Float32Array; y: Int32Array } => ({
    count: labels.length,
    x: Float32Array.from({ length: labels.length * 2 }, (_, i) => i),
    y: Int32Array.from(labels),
  });
  const counts = (labels: number[], x: Float32Array): number[] =>
    Array.from({ length: x.length / 2 }, (_, i) => labels[x[2 * i] / 2]).reduce<number[]>((all, label) => {
      all[label] = (all[label] ?? 0) + 1;
      return all;
    }, []);

  it('takes the same number from every class, and fills up from the larger ones', () => {
    const labels = [...Array<number>(50).fill(0), ...Array<number>(3).fill(1), ...Array<number>(20).fill(2)];
    const { calibration: x, calibrationCount } = balancedCalibration(rows(labels), 3, 21, 1);
    expect(calibrationCount).toBe(21);
    expect(counts(labels, x)).toEqual([9, 3, 9]);
  });

  it('takes all where there are few, and the same ones for the same seed', () => {
    const labels = [0, 1, 1, 0, 1];
    expect(balancedCalibration(rows(labels), 2, 100, 1).calibration).toEqual(rows(labels).x);
    const some = (seed: number): Float32Array => balancedCalibration(rows(labels), 2, 2, seed).calibration;
    expect(some(4)).toEqual(some(4));
  });

  it('goes by the rarest class of a row whose cells are labelled', () => {
    const cells = [
      [0, 0, 0],
      [0, 1, 0],
      [0, 0, 0],
      [0, 0, 2],
      [0, 0, 0],
      [1, 1, 2],
    ];
    const { calibration: x, calibrationCount } = balancedCalibration(
      { ...rows([0, 1, 2, 3, 4, 5]), y: Int32Array.from(cells.flat()) },
      3,
      4,
      1,
    );
    expect(calibrationCount).toBe(4);
    const chosen = Array.from({ length: 4 }, (_, i) => x[2 * i] / 2);
    // The empty pictures share what the two classes leave.
    expect(chosen.filter((row) => [0, 2, 4].includes(row)).length).toBeGreaterThan(0);
    expect(chosen.filter((row) => [1, 3, 5].includes(row)).length).toBeGreaterThanOrEqual(2);
  });

  it('takes rows of none of the labels as a group, and rows without labels as they come', () => {
    const labels = [...Array<number>(20).fill(0), ...Array<number>(20).fill(-1)];
    const { calibration: x } = balancedCalibration(rows(labels), 1, 10, 1);
    expect(Array.from({ length: 10 }, (_, i) => labels[x[2 * i] / 2]).filter((label) => label === -1).length).toBe(5);
    const values = { ...rows(labels), y: new Int32Array(0), targets: 'input' as const };
    expect(balancedCalibration(values, 0, 7, 1).calibrationCount).toBe(7);
  });

  it('refuses labels that do not exist', () => {
    expect(() => balancedCalibration(rows([0, 5]), 2, 10, 1)).toThrow(
      expect.objectContaining({ code: 'bad-calibration' }),
    );
  });
});
