import { describe, expect, it } from 'vitest';
import type { FeatureRows } from '../../src/impulse';
import { score } from '../../src/project/scoring';

function rows(y: number[], captureIds: string[]): FeatureRows {
  return {
    count: y.length,
    width: 1,
    values: new Float32Array(y.length),
    y: Int32Array.from(y),
    labels: ['idle', 'wave'],
    captureIds,
    starts: Int32Array.from(y, (_, i) => i * 10),
    groups: captureIds,
  };
}

describe('score', () => {
  it('counts windows and captures by hand', () => {
    // Capture a: truth 0, one window right and one (less sure) wrong -> the capture is right. b: wrong. c: right.
    const report = score({
      engine: 'float',
      rows: rows([0, 0, 1, 1], ['a', 'a', 'b', 'c']),
      scores: Float32Array.from([0.9, 0.1, 0.4, 0.6, 0.7, 0.3, 0.2, 0.8]),
    });
    expect(report.confusion).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(report.accuracy).toBe(0.5);
    expect(report.captureCount).toBe(3);
    expect(report.captureAccuracy).toBeCloseTo(2 / 3);
    expect(report.perLabel[0]).toMatchObject({ precision: 0.5, recall: 0.5, f1: 0.5, count: 2 });
    expect(report.rows[1]).toMatchObject({ captureId: 'a', start: 10, truth: 0, predicted: 1 });
  });

  it('has no division by zero where a label never occurs', () => {
    const report = score({ engine: 'int8', rows: rows([0], ['a']), scores: Float32Array.from([1, 0]) });
    expect(report.perLabel[1]).toMatchObject({ precision: 0, recall: 0, f1: 0, count: 0 });
  });

  it('says so when there is nothing to score', () => {
    const report = score({ engine: 'int8', rows: rows([], []), scores: new Float32Array(0) });
    expect(report.accuracy).toBeNaN();
    expect(report.captureAccuracy).toBeNaN();
  });
});
