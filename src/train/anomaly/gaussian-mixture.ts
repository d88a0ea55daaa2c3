/**
 * Gaussian mixture with diagonal covariances by expectation maximisation (Dempster, Laird and Rubin, 1977), begun at
 * k-means clusters, in logarithms throughout so that many features neither underflow nor overflow. Seeded, and the
 * same on every machine whose log and exp are (V8 brings its own).
 */
import { Random } from '../../base';
import { checkNormalRows, checkWhole, checkWidth } from './checks';
import { TrainError } from '../errors';
import { cluster } from './k-means';
import type { FeatureTable, GaussianMixtureModel, GaussianMixtureOptions } from './types';

const mostIterations = 200;
/** The mean log likelihood of a row that an iteration must gain for another one to follow. */
const leastGain = 1e-6;
/** Restarts of the k-means that each restart of the mixture begins at. */
const clusterRestarts = 3;
const smallestVariance = 1e-6;
/**
 * Each variance is estimated as if this many rows more, spread as all rows are, belonged to the component (a conjugate
 * prior: Fraley and Raftery, 2007). Without, a component of few rows becomes so narrow that normal rows which it never
 * saw set the threshold out of reach of what is not normal.
 */
const priorRows = 1;
const logTwoPi = Math.log(2 * Math.PI);

interface Mixture {
  shares: Float64Array;
  means: Float64Array[];
  variances: Float64Array[];
}

/** Logarithm of share times density of each component at a row, into `out`; returns the logarithm of their sum. */
function logDensities(mixture: Readonly<Mixture>, constants: Float64Array, x: ArrayLike<number>, out: Float64Array) {
  let largest = -Infinity;
  for (let k = 0; k < out.length; k++) {
    const mean = mixture.means[k];
    const variance = mixture.variances[k];
    let sum = 0;
    for (let i = 0; i < mean.length; i++) {
      const difference = x[i] - mean[i];
      sum += (difference * difference) / variance[i];
    }
    out[k] = constants[k] - 0.5 * sum;
    if (out[k] > largest) largest = out[k];
  }
  let total = 0;
  for (const value of out) total += Math.exp(value - largest);
  return largest + Math.log(total);
}

/** The part of each component's log density that no row changes. */
function constantsOf({ shares, variances }: Readonly<Mixture>): Float64Array {
  return shares.map((share, k) => {
    let sum = Math.log(share);
    for (const variance of variances[k]) sum -= 0.5 * (logTwoPi + Math.log(variance));
    return sum;
  });
}

/** Weights of the rows in each component, [row][component], and the mean log likelihood. */
function expect(mixture: Mixture, rows: FeatureTable, weights: Float64Array): number {
  const constants = constantsOf(mixture);
  const logs = new Float64Array(constants.length);
  let likelihood = 0;
  for (let row = 0; row < rows.count; row++) {
    const total = logDensities(mixture, constants, rows.x.subarray(row * rows.width, (row + 1) * rows.width), logs);
    for (let k = 0; k < logs.length; k++) weights[row * logs.length + k] = Math.exp(logs[k] - total);
    likelihood += total;
  }
  return likelihood / rows.count;
}

/** Variances of all rows, what a component's own begin at, and below which none goes. */
interface Spread {
  readonly all: Float64Array;
  readonly floors: Float64Array;
}

/** The mixture that suits the weights and the prior best. */
function maximise(rows: FeatureTable, weights: Float64Array, components: number, { all, floors }: Spread): Mixture {
  const { x, width, count } = rows;
  const mixture: Mixture = { shares: new Float64Array(components), means: [], variances: [] };
  for (let k = 0; k < components; k++) {
    const mean = new Float64Array(width);
    const variance = new Float64Array(width);
    let total = 0;
    for (let row = 0; row < count; row++) {
      const weight = weights[row * components + k];
      total += weight;
      for (let i = 0; i < width; i++) mean[i] += weight * x[row * width + i];
    }
    // A component that no row belongs to any more keeps a sliver, so that its logarithm stays a number.
    const whole = Math.max(total, 1e-10);
    for (let i = 0; i < width; i++) mean[i] /= whole;
    for (let row = 0; row < count; row++) {
      const weight = weights[row * components + k];
      for (let i = 0; i < width; i++) {
        const difference = x[row * width + i] - mean[i];
        variance[i] += weight * difference * difference;
      }
    }
    mixture.shares[k] = whole / count;
    mixture.means.push(mean);
    mixture.variances.push(
      variance.map((sum, i) => Math.max((sum + priorRows * all[i]) / (whole + priorRows), floors[i])),
    );
  }
  const sum = mixture.shares.reduce((a, b) => a + b, 0);
  mixture.shares = mixture.shares.map((share) => share / sum);
  return mixture;
}

function spreadOf({ x, width, count }: FeatureTable, share: number): Spread {
  const mean = new Float64Array(width);
  const all = new Float64Array(width);
  for (let i = 0; i < x.length; i++) mean[i % width] += x[i] / count;
  for (let i = 0; i < x.length; i++) all[i % width] += (x[i] - mean[i % width]) ** 2 / count;
  return { all, floors: all.map((variance) => Math.max(share * variance, smallestVariance)) };
}

function climb(rows: FeatureTable, components: number, spread: Spread, random: Random) {
  const { centres, nearest } = cluster(rows, components, clusterRestarts, random);
  const weights = new Float64Array(rows.count * centres.length);
  nearest.forEach((k, row) => (weights[row * centres.length + k] = 1));
  let mixture = maximise(rows, weights, centres.length, spread);
  let likelihood = -Infinity;
  for (let iteration = 0; iteration < mostIterations; iteration++) {
    const now = expect(mixture, rows, weights);
    if (now - likelihood < leastGain) break;
    likelihood = now;
    mixture = maximise(rows, weights, centres.length, spread);
  }
  return { mixture, likelihood };
}

/**
 * The mixture of Gaussians that normal rows look drawn from.
 * @throws TrainError `no-rows` for fewer than two rows, `not-finite`, `bad-rows`, `bad-options`.
 */
export function fitGaussianMixture(rows: FeatureTable, options: GaussianMixtureOptions): GaussianMixtureModel {
  const { components, seed, restarts = 3, varianceFloor = 0.01 } = options;
  checkNormalRows(rows);
  checkWhole(components, 'number of components', 1, 256);
  checkWhole(seed, 'seed', 0, 4_294_967_295);
  checkWhole(restarts, 'number of restarts', 1, 1000);
  if (!(varianceFloor >= 0 && varianceFloor <= 1))
    throw new TrainError(
      'bad-options',
      `The least variance is ${varianceFloor}, but must be from 0 to 1.`,
      'Correct the settings of the anomaly detection.',
    );
  const spread = spreadOf(rows, varianceFloor);
  const random = new Random(seed);
  let best = climb(rows, components, spread, random);
  for (let attempt = 1; attempt < restarts; attempt++) {
    const next = climb(rows, components, spread, random);
    if (next.likelihood > best.likelihood) best = next;
  }
  const { shares, means, variances } = best.mixture;
  return {
    version: 1,
    kind: 'gaussianMixture',
    width: rows.width,
    shares: [...shares],
    means: means.map((mean) => [...mean]),
    variances: variances.map((variance) => [...variance]),
  };
}

/** How unusual each row is: its negative log likelihood (natural logarithm). May be negative; no upper limit. */
export function scoreGaussianMixture(model: GaussianMixtureModel, rows: FeatureTable): Float64Array {
  checkWidth(model, rows);
  const mixture: Mixture = {
    shares: Float64Array.from(model.shares),
    means: model.means.map((mean) => Float64Array.from(mean)),
    variances: model.variances.map((variance) => Float64Array.from(variance)),
  };
  const constants = constantsOf(mixture);
  const logs = new Float64Array(constants.length);
  return Float64Array.from(
    { length: rows.count },
    (_, row) => -logDensities(mixture, constants, rows.x.subarray(row * rows.width, (row + 1) * rows.width), logs),
  );
}
