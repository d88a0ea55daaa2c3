/**
 * What is usual, learned from normal rows alone: a detector as boards run it, and the score up to which normal reaches.
 * The threshold comes from rows that the detector which scored them was not fitted on. Knows nothing of captures.
 */
import type { AnomalyDetector, Core } from '../../core';
import { planSplit } from '../../dataset';
import { fitGaussianMixture, fitKMeans, thresholdOf, type FeatureTable } from '../../train';
import { ProjectError } from '../errors';
import type { TrainSettings } from '../reports';

type Settings = TrainSettings['anomaly'];

export interface NormalRows extends FeatureTable {
  /** What must stay on one side, per row. */
  readonly groups: readonly string[];
}

export interface FittedDetector {
  /** Fitted on all normal rows. */
  readonly detector: AnomalyDetector;
  /** Of each normal row, by a detector that was fitted without its group. */
  readonly scores: Float32Array;
}

/** Each normal row is scored once, by a detector of the other four fifths. */
const folds = 5;
/** Clusters take RAM and flash on the board: one float for each feature of each. */
export const mostDetectorBytes = 1 << 16;

/** Scores as they are: score / threshold for a threshold of 1. */
const unscaled = 1;

/** Offsets whose own e^ sum to 1, as the board takes them: logarithms of shares and widths, less that of their sum. */
function mixtureDetector(rows: FeatureTable, settings: Settings, seed: number): AnomalyDetector {
  const model = fitGaussianMixture(rows, { components: settings.clusters, seed });
  const logs = model.shares.map(
    (share, k) => Math.log(share) - 0.5 * model.variances[k].reduce((sum, variance) => sum + Math.log(variance), 0),
  );
  const largest = Math.max(...logs);
  const total = largest + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - largest), 0));
  const parts = logs.map((log, k) => ({
    // A component of next to no share would have no finite offset.
    offset: Math.max(log - total, -1e4),
    mean: Float32Array.from(model.means[k]),
    inverseStd: Float32Array.from(model.variances[k], (variance) => 1 / Math.sqrt(variance)),
  }));
  return { kind: 'mixture', features: rows.width, threshold: unscaled, parts };
}

function clusterDetector(rows: FeatureTable, settings: Settings, seed: number): AnomalyDetector {
  const { centres, radii } = fitKMeans(rows, { clusters: settings.clusters, seed });
  const parts = centres.map((centre, k) => ({ factor: 1 / radii[k], centre: Float32Array.from(centre) }));
  return { kind: 'kmeans', features: rows.width, threshold: unscaled, parts };
}

function fit(rows: FeatureTable, settings: Settings, seed: number): AnomalyDetector {
  return settings.kind === 'mixture' ? mixtureDetector(rows, settings, seed) : clusterDetector(rows, settings, seed);
}

function pick({ x, width }: FeatureTable, indices: readonly number[]): FeatureTable {
  const picked = new Float32Array(indices.length * width);
  indices.forEach((row, i) => picked.set(x.subarray(row * width, (row + 1) * width), i * width));
  return { count: indices.length, width, x: picked };
}

/** Which fold each row is in, whole groups together; deterministic for a seed. */
export function foldsOf(groups: readonly string[], count: number, seed: number): Int32Array {
  const foldOf = new Int32Array(groups.length).fill(-1);
  for (let fold = 0; fold < count - 1; fold++) {
    const left = groups.flatMap((_, row) => (foldOf[row] < 0 ? row : []));
    const items = left.map((row) => ({ label: '', group: groups[row], pinned: undefined }));
    const split = planSplit(items, 1 / (count - fold), seed + fold);
    split.forEach((side, i) => (foldOf[left[i]] = side === 'testing' ? fold : -1));
  }
  return foldOf.map((fold) => (fold < 0 ? count - 1 : fold));
}

/** @throws ProjectError `bad-data` where a board could not hold it; TrainError where there are too few rows. */
export function fitDetector(core: Core, rows: NormalRows, settings: Settings, seed: number): FittedDetector {
  if (settings.clusters * rows.width * 4 * (settings.kind === 'mixture' ? 2 : 1) > mostDetectorBytes)
    throw new ProjectError(
      'bad-data',
      `${settings.clusters} clusters of ${rows.width} features are more than a board can hold beside a model.`,
      'Choose fewer clusters, or a block that makes fewer features (spectral features of movement, for example).',
    );
  const scores = new Float32Array(rows.count);
  const foldOf = foldsOf(rows.groups, folds, seed);
  for (let fold = 0; fold < folds; fold++) {
    const own = rows.groups.flatMap((_, row) => (foldOf[row] === fold ? row : []));
    const others = rows.groups.flatMap((_, row) => (foldOf[row] === fold ? [] : row));
    if (own.length === 0 || others.length < 2) continue;
    const detector = fit(pick(rows, others), settings, seed);
    core.anomalyScore(detector, pick(rows, own).x).forEach((score, i) => (scores[own[i]] = score));
  }
  return { detector: fit(rows, settings, seed), scores };
}

/** Where normal ends; a little above 0 where all normal rows are alike. */
export function thresholdFor(scores: ArrayLike<number>, quantile: number): number {
  return Math.max(thresholdOf(scores, { quantile }), 1e-6);
}
