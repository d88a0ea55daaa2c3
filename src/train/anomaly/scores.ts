/** What is made of scores: one way to get them from any model, and where normal ends. */
import { TrainError } from '../errors';
import { checkTable } from './checks';
import { scoreGaussianMixture } from './gaussian-mixture';
import { scoreKMeans } from './k-means';
import type { AnomalyModel, FeatureTable } from './types';

/** @throws TrainError as scoreKMeans() and scoreGaussianMixture() do. */
export function scoreAnomaly(model: AnomalyModel, rows: FeatureTable): Float64Array {
  return model.kind === 'kMeans' ? scoreKMeans(model, rows) : scoreGaussianMixture(model, rows);
}

/** How badly an autoencoder gives back each row: the mean of the squared differences. `answers` as predict() gives them. */
export function reconstructionErrors(rows: FeatureTable, answers: Float32Array): Float64Array {
  checkTable(rows, 'given');
  if (answers.length !== rows.x.length)
    throw new TrainError(
      'bad-rows',
      `The model answered ${answers.length} values to ${rows.x.length}, so it is no autoencoder of these rows.`,
      'Choose an autoencoder.',
    );
  return Float64Array.from({ length: rows.count }, (_, row) => {
    let sum = 0;
    for (let i = row * rows.width; i < (row + 1) * rows.width; i++) sum += (rows.x[i] - answers[i]) ** 2;
    return sum / rows.width;
  });
}

/**
 * Where normal ends: the score that a share `quantile` of normal rows stays at or below (between two scores,
 * interpolated). Give scores of normal rows that the model was not fitted on; of its own rows it knows too much.
 * @throws TrainError `no-rows` without scores, `not-finite`, `bad-options` for a quantile outside 0 to 1.
 */
export function thresholdOf(scores: ArrayLike<number>, { quantile }: { readonly quantile: number }): number {
  if (!(quantile >= 0 && quantile <= 1))
    throw new TrainError(
      'bad-options',
      `The share of normal rows is ${quantile}, but must be from 0 to 1.`,
      'Correct the settings of the anomaly detection.',
    );
  if (scores.length === 0)
    throw new TrainError(
      'no-rows',
      'There are no normal rows left to set the threshold by.',
      'Record more of what is normal.',
    );
  const sorted = Float64Array.from(scores).sort();
  if (!sorted.every(Number.isFinite))
    throw new TrainError('not-finite', 'A score is not a finite number.', 'Fit the anomaly detection again.');
  const at = quantile * (sorted.length - 1);
  const below = Math.floor(at);
  return sorted[below] + (sorted[Math.min(below + 1, sorted.length - 1)] - sorted[below]) * (at - below);
}

/** Chance that an unusual row scores above a normal one (area under the ROC curve), ties counted half. NaN if either is empty. */
export function areaUnderCurve(normal: ArrayLike<number>, unusual: ArrayLike<number>): number {
  const sorted = Float64Array.from(normal).sort();
  let sum = 0;
  for (const score of Array.from(unusual)) sum += (rank(sorted, score, false) + rank(sorted, score, true)) / 2;
  return sum / (normal.length * unusual.length);
}

/** How many of the sorted values are below `value`, or (`through`) not above it. */
function rank(sorted: Float64Array, value: number, through: boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value || (through && sorted[middle] === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}
