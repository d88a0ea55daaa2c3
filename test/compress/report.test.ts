/** The compression report: figures that can be checked by hand, and every kind of answer. */
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base';
import {
  balancedCalibration,
  compressionReport,
  deflatedBytesOf,
  floatTflite,
  quantiseModel,
  zeroShareOf,
  type ReportVariant,
} from '../../src/compress';
import { accuracyOf, flippedRows, macroF1Of, scoresPerLabel } from '../../src/compress/report/answers';
import { loadCore, type Core } from '../../src/core';
import { buildModel, initialWeights, macsOf, parameterCount, product, type ModelSpec } from '../../src/model';
import { objectiveOf, type LabelledRows } from '../../src/train';
import { randomWeights } from './random-models';

let core: Core;
beforeAll(async () => {
  core = await loadCore();
});

function rowsFor(spec: ModelSpec, count: number, seed: number): LabelledRows {
  const random = new Random(seed);
  const { objective, classes, cells, outputs } = objectiveOf(spec);
  const x = Float32Array.from({ length: count * product(spec.input) }, () => random.normal());
  const none = objective === 'oneVsRest' ? 1 : 0;
  const labels = objective === 'regression' ? 0 : count * cells;
  const y = Int32Array.from({ length: labels }, () => random.below(classes + none) - none);
  const targets = Float32Array.from({ length: count * outputs }, () => random.normal());
  return { count, x, y, ...(objective === 'regression' ? { targets } : {}) };
}

function variantsOf(spec: ModelSpec, rows: LabelledRows, seed: number): ReportVariant[] {
  const weights = randomWeights(new Random(seed), spec);
  const calibration = balancedCalibration(rows, objectiveOf(spec).classes, 50, 1);
  const quantized = quantiseModel(spec, weights, calibration);
  return [
    { name: 'float', spec, weights },
    { name: 'int8', spec, weights, quantized },
  ];
}

describe('figures', () => {
  const labels = Int32Array.of(0, 0, 0, 1, 1, 2);
  const answers = Int32Array.of(0, 0, 1, 1, 2, -1);

  it('are the textbook ones', () => {
    expect(accuracyOf(answers, labels)).toBe(0.5);
    const scores = scoresPerLabel(answers, labels, 4);
    expect(scores[0]).toEqual({ label: 0, precision: 1, recall: 2 / 3, f1: 0.8, count: 3 });
    expect(scores[1]).toEqual({ label: 1, precision: 0.5, recall: 0.5, f1: 0.5, count: 2 });
    expect(scores[2]).toEqual({ label: 2, precision: 0, recall: 0, f1: 0, count: 1 });
    expect(scores[3]).toEqual({ label: 3, precision: 0, recall: 0, f1: 0, count: 0 });
    // A label that no row has says nothing; the background of cells is left out.
    expect(macroF1Of(scores, 0)).toBeCloseTo(1.3 / 3, 12);
    expect(macroF1Of(scores, 1)).toBe(0.25);
  });

  it('name each row that flipped once', () => {
    expect(flippedRows(Int32Array.of(0, 1, 0, 0, 2, 1), Int32Array.of(1, 0, 0, 0, 2, 2), 2)).toEqual([0, 2]);
  });

  it('count zeros of the weights in int8 and float files alike', () => {
    const spec: ModelSpec = { version: 1, input: [4], layers: [{ kind: 'dense', units: 2, activation: 'none' }] };
    const weights = [{ kernel: Float32Array.of(1, 0, -0, 2, 0, 3, 4, 5), bias: new Float32Array(2) }];
    const { tflite } = quantiseModel(spec, weights, { calibration: Float32Array.of(1, 2, 3, 4), calibrationCount: 1 });
    expect(zeroShareOf(tflite)).toBe(3 / 8);
    expect(zeroShareOf(floatTflite(spec, weights))).toBe(3 / 8);
    expect(deflatedBytesOf(new Uint8Array(10_000))).toBeLessThan(100);
  });
});

describe('compressionReport', () => {
  it.each([
    ['classification', buildModel({ kind: 'conv1d', size: 'small', inputShape: [40, 3], classes: 4 })],
    ['oneVsRest', buildModel({ kind: 'dense', size: 'small', inputShape: [20], classes: 3, head: 'oneVsRest' })],
    ['cells', buildModel({ kind: 'fomo', size: 'small', inputShape: [32, 32, 1], classes: 3, alpha: 0.1 })],
    ['regression', buildModel({ kind: 'dense', size: 'small', inputShape: [20], classes: 2, head: 'regression' })],
  ] as const)('scores %s in float and int8', async (objective, spec) => {
    const rows = rowsFor(spec, 60, 3);
    const report = await compressionReport(core, variantsOf(spec, rows, 4), rows, { layerRows: 10 });
    expect(report).toMatchObject({ objective, rows: 60 });
    const [float, int8] = report.variants;
    expect(float).toMatchObject({ kind: 'float', flipped: [], arenaBytes: null, layers: [], worst: null });
    expect(int8.macs).toBe(macsOf(spec));
    expect(int8.parameters).toBe(parameterCount(spec));
    expect(int8.bytes).toBeLessThan(float.bytes);
    expect(int8.deflatedBytes).toBeLessThan(int8.bytes);
    expect(int8.arenaBytes).toBeGreaterThan(0);
    for (const { snrDb } of int8.layers) expect(snrDb).toBeGreaterThan(5);
    expect(int8.worst?.snrDb).toBe(Math.min(...int8.layers.map(({ snrDb }) => snrDb)));
    if (objective === 'regression') {
      expect(int8).toMatchObject({ accuracy: null, macroF1: null, perLabel: [], flipped: [] });
      expect(int8.meanSquaredError).toBeGreaterThan(0);
      expect(int8.meanSquaredError).toBeCloseTo(float.meanSquaredError as number, 0);
    } else {
      expect(int8.accuracy).toBeCloseTo(float.accuracy as number, 1);
      const labels = objective === 'cells' ? rows.y.length : rows.y.filter((label) => label >= 0).length;
      expect(int8.perLabel.reduce((sum, { count }) => sum + count, 0)).toBe(labels);
    }
  });

  it('finds the layer that int8 hurts most', async () => {
    const layers: ModelSpec['layers'] = [
      { kind: 'dense', units: 8, activation: 'none', name: 'good' },
      { kind: 'dense', units: 8, activation: 'none', name: 'outlier' },
      { kind: 'dense', units: 3, activation: 'none', name: 'last' },
      { kind: 'softmax', name: 'answer' },
    ];
    const spec: ModelSpec = { version: 1, input: [6], layers };
    const weights = [...initialWeights(spec, 2)];
    // One huge bias takes the whole range of the second layer's output; the last layer does not read it.
    weights[1] = { ...weights[1], bias: Float32Array.of(3000, 0, 0, 0, 0, 0, 0, 0) };
    weights[2] = { ...weights[2], kernel: (weights[2].kernel as Float32Array).map((w, i) => (i < 3 ? 0 : w)) };
    const rows = rowsFor(spec, 30, 1);
    const calibration = balancedCalibration(rows, 3, 30, 1);
    const quantized = quantiseModel(spec, weights, calibration);
    const report = await compressionReport(core, [{ name: 'int8', spec, weights, quantized }], rows);
    expect(report.variants[0].worst?.name).toBe('last');
    expect(report.variants[0].worst?.snrDb).toBeLessThan(5);
    expect(report.variants[0].layers[0]).toMatchObject({ name: 'good', operator: 'FULLY_CONNECTED' });
    expect(report.variants[0].layers[0].snrDb).toBeGreaterThan(30);
  });

  it('pauses, and refuses what does not fit together', async () => {
    const spec = buildModel({ kind: 'dense', size: 'small', inputShape: [5], classes: 3 });
    const other = buildModel({ kind: 'dense', size: 'small', inputShape: [5], classes: 4 });
    const rows = rowsFor(spec, 40, 1);
    const variants = variantsOf(spec, rows, 1);
    let pauses = 0;
    await compressionReport(core, variants, rows, { pause: () => Promise.resolve(void pauses++) });
    expect(pauses).toBe(2);
    const refused = async (some: ReportVariant[], given: LabelledRows): Promise<void> => {
      await expect(compressionReport(core, some, given)).rejects.toMatchObject({ code: 'bad-options' });
    };
    await refused([], rows);
    await refused(variants, { count: 0, x: new Float32Array(0), y: new Int32Array(0) });
    await refused([...variants, ...variantsOf(other, rows, 1)], rows);
    await refused(variants, { ...rows, y: rows.y.subarray(1) });
    await refused(variants, { ...rows, x: rows.x.subarray(1) });
  });
});
