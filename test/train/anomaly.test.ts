/**
 * Anomaly detection on features: against brute force and numpy, the same for a seed, and what is refused. On real
 * vibration: anomaly-recordings.test.ts.
 */
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base';
import {
  areaUnderCurve,
  fitGaussianMixture,
  fitKMeans,
  reconstructionErrors,
  scoreAnomaly,
  scoreGaussianMixture,
  scoreKMeans,
  thresholdOf,
  TrainError,
  type FeatureTable,
} from '../../src/train';
import { describeWith, needsPython } from '../support/needs';

const table = (rows: number[][]): FeatureTable => ({
  count: rows.length,
  width: rows[0].length,
  x: Float32Array.from(rows.flat()),
});

/** Rows around centres, `spread` wide, centre after centre. */
function clouds(centres: readonly number[][], each: number, spread: number, seed: number): FeatureTable {
  const random = new Random(seed);
  return table(
    Array.from({ length: centres.length * each }, (_, row) =>
      centres[row % centres.length].map((value) => value + spread * random.normal()),
    ),
  );
}

/** Least sum of squared distances from the means over all ways to part the rows. */
function bruteForce({ count, width, x }: FeatureTable, clusters: number): number {
  let best = Infinity;
  for (let code = 0; code < clusters ** count; code++) {
    const groups = Array.from({ length: clusters }, (): number[] => []);
    for (let row = 0, rest = code; row < count; row++, rest = Math.floor(rest / clusters))
      groups[rest % clusters].push(row);
    let sum = 0;
    for (const group of groups)
      for (let i = 0; i < width; i++) {
        const values = group.map((row) => x[row * width + i]);
        const mean = values.reduce((a, b) => a + b, 0) / values.length;
        for (const value of values) sum += (value - mean) ** 2;
      }
    best = Math.min(best, sum);
  }
  return best;
}

function spreadOf({ count, width, x }: FeatureTable, centres: readonly (readonly number[])[]): number {
  let sum = 0;
  for (let row = 0; row < count; row++)
    sum += Math.min(...centres.map((centre) => centre.reduce((d, c, i) => d + (x[row * width + i] - c) ** 2, 0)));
  return sum;
}

describe('k-means', () => {
  it('finds the tightest of all ways to part a few rows', () => {
    for (let seed = 1; seed <= 12; seed++) {
      const rows = clouds([[0, 0]], 8, 1, seed);
      const { centres } = fitKMeans(rows, { clusters: 3, seed, restarts: 20 });
      expect(spreadOf(rows, centres)).toBeCloseTo(bruteForce(rows, 3), 5);
    }
  });

  it('finds clouds, and calls far rows unusual in radii of the nearest', () => {
    const rows = clouds(
      [
        [0, 0],
        [10, 0],
        [0, 10],
      ],
      100,
      0.5,
      1,
    );
    const model = fitKMeans(rows, { clusters: 3, seed: 4 });
    for (const radius of model.radii) expect(radius).toBeCloseTo(0.5 * Math.SQRT2, 1);
    const scores = scoreKMeans(model, rows);
    expect(scores.reduce((a, b) => a + b * b, 0) / rows.count).toBeCloseTo(1, 1);
    const [near, far] = scoreKMeans(model, table([model.centres[0].map((value) => value), [5, 5]]));
    expect(near).toBeLessThan(1e-5);
    expect(far).toBeGreaterThan(6);
  });

  it('is the same numbers for the same seed, plain data, and outlives JSON', () => {
    const rows = clouds(
      [
        [0, 0, 1],
        [3, 1, 0],
      ],
      40,
      1,
      2,
    );
    const model = fitKMeans(rows, { clusters: 5, seed: 3 });
    expect(fitKMeans(rows, { clusters: 5, seed: 3 })).toEqual(model);
    const stored = JSON.parse(JSON.stringify(model)) as typeof model;
    expect(stored).toEqual(model);
    expect(scoreAnomaly(stored, rows)).toEqual(scoreKMeans(model, rows));
  });

  it('makes no more clusters than there are different rows, and none without a radius', () => {
    const model = fitKMeans(
      table([
        [1, 2],
        [1, 2],
        [3, 4],
        [3, 4],
      ]),
      { clusters: 4, seed: 1 },
    );
    expect(model.centres.map((centre) => centre.join()).sort()).toEqual(['1,2', '3,4']);
    expect(Math.min(...model.radii)).toBeGreaterThan(0);
    const same = fitKMeans(table([[5], [5], [5]]), { clusters: 2, seed: 1 });
    expect(scoreKMeans(same, table([[5], [6]]))[0]).toBe(0);
    expect(scoreKMeans(same, table([[5], [6]]))[1]).toBeGreaterThan(1000);
  });
});

describe('Gaussian mixture', () => {
  it('of one component is the mean and variance', () => {
    const rows = clouds([[2, -1]], 50, 1.5, 7);
    const { means, variances, shares } = fitGaussianMixture(rows, { components: 1, seed: 1 });
    for (const i of [0, 1]) {
      const values = Array.from({ length: rows.count }, (_, row) => rows.x[row * 2 + i]);
      const mean = values.reduce((a, b) => a + b) / values.length;
      expect(means[0][i]).toBeCloseTo(mean, 9);
      expect(variances[0][i]).toBeCloseTo(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length, 9);
    }
    expect(shares).toEqual([1]);
  });

  it('finds the clouds that rows were drawn from', () => {
    const random = new Random(5);
    const rows = table(
      Array.from({ length: 1000 }, (_, row) =>
        row % 4 === 0 ? [6 + 0.5 * random.normal(), random.normal()] : [random.normal(), 2 * random.normal()],
      ),
    );
    const { shares, means, variances } = fitGaussianMixture(rows, { components: 2, seed: 2 });
    const few = shares[0] < shares[1] ? 0 : 1;
    expect(shares[few]).toBeCloseTo(0.25, 2);
    expect(Math.abs(means[few][0] - 6)).toBeLessThan(0.1);
    expect(Math.abs(variances[few][0] - 0.25)).toBeLessThan(0.06);
    expect(Math.abs(variances[1 - few][1] - 4)).toBeLessThan(0.5);
  });

  it('is finite for hundreds of features, far rows and features that never move', () => {
    const random = new Random(6);
    const rows = table(
      Array.from({ length: 30 }, () => Array.from({ length: 400 }, (_, i) => (i < 9 ? 1 : random.normal()))),
    );
    const model = fitGaussianMixture(rows, { components: 4, seed: 1 });
    const far = table([Array.from({ length: 400 }, () => 1e6)]);
    expect(scoreGaussianMixture(model, rows).every(Number.isFinite)).toBe(true);
    expect(Number.isFinite(scoreGaussianMixture(model, far)[0])).toBe(true);
    expect(scoreGaussianMixture(model, far)[0]).toBeGreaterThan(Math.max(...scoreGaussianMixture(model, rows)));
    expect(fitGaussianMixture(rows, { components: 4, seed: 1 })).toEqual(model);
    expect(scoreAnomaly(JSON.parse(JSON.stringify(model)) as typeof model, rows)).toEqual(
      scoreGaussianMixture(model, rows),
    );
  });
});

/** Scores by plain densities, and one more step of expectation maximisation, written apart from ours. */
const oracle = `
import json, sys
import numpy as np
task = json.load(sys.stdin)
x = np.array(task['rows'], dtype=np.float32).astype(np.float64)
pi, mu, var = (np.array(task['model'][k]) for k in ('shares', 'means', 'variances'))
density = np.stack([p * np.prod(np.exp(-0.5 * (x - m) ** 2 / v) / np.sqrt(2 * np.pi * v), axis=1) for p, m, v in zip(pi, mu, var)], axis=1)
r = density / density.sum(1, keepdims=True)
n = r.sum(0)
mean = (r.T @ x) / n[:, None]
# One row more, spread as all rows are.
variance = np.stack([(r[:, k] @ (x - mean[k]) ** 2 + x.var(0)) / (n[k] + 1) for k in range(len(n))])
centres = np.array(task['kMeans']['centres'])
distance = np.sqrt(((x[:, None, :] - centres[None]) ** 2).sum(2))
nearest = distance.argmin(1)
radii = [float(np.sqrt((distance[nearest == k, k] ** 2).mean())) for k in range(len(centres))]
print(json.dumps(dict(scores=(-np.log(density.sum(1))).tolist(), shares=(n / len(x)).tolist(), means=mean.tolist(), variances=variance.tolist(),
  radii=radii, kMeans=(distance / np.array(radii)).min(1).tolist(), moved=[float(np.abs(x[nearest == k].mean(0) - c).max()) for k, c in enumerate(centres)])))
`;

describeWith(needsPython('numpy'), 'numpy agrees', () => {
  const rows = clouds(
    [
      [0, 0, 0],
      [4, 1, 0],
      [0, 3, 3],
    ],
    80,
    1,
    9,
  );
  const model = fitGaussianMixture(rows, { components: 3, seed: 1 });
  const kMeans = fitKMeans(rows, { clusters: 4, seed: 1 });
  const listed = Array.from({ length: rows.count }, (_, row) => [...rows.x.subarray(row * 3, row * 3 + 3)]);
  const answer = JSON.parse(
    execFileSync('python3', ['-c', oracle], {
      input: JSON.stringify({ rows: listed, model, kMeans }),
      encoding: 'utf8',
    }),
  ) as Record<'scores' | 'shares' | 'radii' | 'kMeans' | 'moved', number[]> & Record<'means' | 'variances', number[][]>;
  const close = (ours: ArrayLike<number>, theirs: number[], digits: number) => {
    theirs.forEach((value, i) => expect(ours[i]).toBeCloseTo(value, digits));
  };

  it('on the likelihood of every row', () => close(scoreGaussianMixture(model, rows), answer.scores, 9));
  it('that another step would change nothing', () => {
    close(model.shares, answer.shares, 3);
    close(model.means.flat(), answer.means.flat(), 2);
    close(model.variances.flat(), answer.variances.flat(), 2);
  });
  it('on the radii and scores of k-means, whose centres are the means of their rows', () => {
    close(kMeans.radii, answer.radii, 9);
    close(scoreKMeans(kMeans, rows), answer.kMeans, 9);
    close([0, 0, 0, 0], answer.moved, 9);
  });
});

describe('thresholds', () => {
  it('are quantiles of the scores of normal rows', () => {
    expect(thresholdOf([3, 1, 2, 5, 4], { quantile: 0.5 })).toBe(3);
    expect(thresholdOf([3, 1, 2, 5, 4], { quantile: 1 })).toBe(5);
    expect(thresholdOf([0, 10], { quantile: 0.95 })).toBeCloseTo(9.5, 12);
    expect(thresholdOf([7], { quantile: 0.99 })).toBe(7);
    const random = new Random(3);
    const scores = Float64Array.from({ length: 2000 }, () => random.normal());
    const threshold = thresholdOf(scores, { quantile: 0.99 });
    expect(scores.filter((score) => score > threshold).length).toBe(20);
  });

  it('the area under the curve counts pairs, ties by half', () => {
    expect(areaUnderCurve([1, 2, 3], [4, 5])).toBe(1);
    expect(areaUnderCurve([1, 2, 3], [0])).toBe(0);
    expect(areaUnderCurve([1, 2, 2, 3], [2])).toBe(0.5);
    expect(areaUnderCurve([], [1])).toBeNaN();
  });

  it('an autoencoder errs by the mean squared difference', () => {
    const rows = table([
      [1, 2],
      [3, 4],
    ]);
    expect([...reconstructionErrors(rows, Float32Array.from([1, 0, 3, 4]))]).toEqual([2, 0]);
  });
});

describe('what is refused, in a sentence and with a way out', () => {
  const rows = table([
    [1, 2],
    [3, 4],
    [5, 7],
  ]);
  const model = fitKMeans(rows, { clusters: 2, seed: 1 });
  it.each<[string, string, () => unknown]>([
    [
      'no rows',
      'no rows of what is normal',
      () => fitKMeans({ count: 0, width: 2, x: new Float32Array() }, { clusters: 2, seed: 1 }),
    ],
    ['one row', 'only one row', () => fitKMeans(table([[1, 2]]), { clusters: 1, seed: 1 })],
    ['one row for a mixture', 'only one row', () => fitGaussianMixture(table([[1, 2]]), { components: 1, seed: 1 })],
    [
      'NaN',
      'Row 2 of the normal rows',
      () =>
        fitKMeans(
          table([
            [1, 2],
            [NaN, 2],
          ]),
          { clusters: 1, seed: 1 },
        ),
    ],
    [
      'infinity',
      'not a finite number',
      () =>
        fitGaussianMixture(
          table([
            [1, 2],
            [1, Infinity],
          ]),
          { components: 1, seed: 1 },
        ),
    ],
    ['NaN when scoring', 'Row 1 of the given rows', () => scoreKMeans(model, table([[NaN, 1]]))],
    ['ragged rows', 'values, but', () => fitKMeans({ ...rows, count: 4 }, { clusters: 1, seed: 1 })],
    ['no clusters', 'number of clusters is 0', () => fitKMeans(rows, { clusters: 0, seed: 1 })],
    ['half a component', 'number of components is 0.5', () => fitGaussianMixture(rows, { components: 0.5, seed: 1 })],
    [
      'a floor above all',
      'least variance is 2',
      () => fitGaussianMixture(rows, { components: 1, seed: 1, varianceFloor: 2 }),
    ],
    ['another width', 'The rows have 3 features', () => scoreKMeans(model, table([[1, 2, 3]]))],
    ['no scores', 'no normal rows left', () => thresholdOf([], { quantile: 0.9 })],
    ['scores that are none', 'not a finite number', () => thresholdOf([1, NaN], { quantile: 0.9 })],
    ['a share beyond all', 'share of normal rows is 2', () => thresholdOf([1], { quantile: 2 })],
    ['no autoencoder', 'no autoencoder', () => reconstructionErrors(rows, new Float32Array(3))],
  ])('%s', (_, sentence, attempt) => {
    let failure: unknown;
    try {
      attempt();
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(TrainError);
    expect((failure as TrainError).message).toContain(sentence);
    expect((failure as TrainError).action).toMatch(/^[A-Z].*\.$/);
  });
});
