/** Turns predicted probabilities into the figures people read. Pure arithmetic over rows; knows no engine and no file. */
import type { FeatureRows } from '../impulse';
import type { ScoredRow, ScoreReport } from './contract';

export interface ScoringInput {
  readonly engine: ScoreReport['engine'];
  readonly rows: FeatureRows;
  /** count * labels.length probabilities. */
  readonly scores: Float32Array;
  readonly mismatches?: number;
  readonly microsPerInference?: number;
}

function indexOfLargest(values: ArrayLike<number>, from: number, count: number): number {
  let best = 0;
  for (let i = 1; i < count; i++) if (values[from + i] > values[from + best]) best = i;
  return best;
}

/** Mean probability of each capture's windows, then the largest: what a person would call "it got that recording right". */
function captureAccuracy(rows: FeatureRows, scores: Float32Array): { count: number; accuracy: number } {
  const classes = rows.labels.length;
  const sums = new Map<string, { truth: number; sum: Float64Array }>();
  for (let row = 0; row < rows.count; row++) {
    let entry = sums.get(rows.captureIds[row]);
    if (!entry) sums.set(rows.captureIds[row], (entry = { truth: rows.y[row], sum: new Float64Array(classes) }));
    for (let c = 0; c < classes; c++) entry.sum[c] += scores[row * classes + c];
  }
  let right = 0;
  for (const { truth, sum } of sums.values()) if (indexOfLargest(sum, 0, classes) === truth) right++;
  return { count: sums.size, accuracy: sums.size === 0 ? NaN : right / sums.size };
}

/** Accuracy, confusion and per-label figures. A ratio with nothing below the line is 0, as in scikit-learn. */
export function score(input: ScoringInput): ScoreReport {
  const { rows, scores } = input;
  const classes = rows.labels.length;
  const confusion = rows.labels.map(() => new Array<number>(classes).fill(0));
  const scored: ScoredRow[] = [];
  let right = 0;
  for (let row = 0; row < rows.count; row++) {
    const truth = rows.y[row];
    const predicted = indexOfLargest(scores, row * classes, classes);
    confusion[truth][predicted]++;
    if (truth === predicted) right++;
    scored.push({
      captureId: rows.captureIds[row],
      start: rows.starts[row],
      truth,
      predicted,
      score: scores[row * classes + predicted],
    });
  }
  const captures = captureAccuracy(rows, scores);
  return {
    engine: input.engine,
    count: rows.count,
    accuracy: rows.count === 0 ? NaN : right / rows.count,
    captureCount: captures.count,
    captureAccuracy: captures.accuracy,
    labels: rows.labels,
    confusion,
    perLabel: rows.labels.map((label, c) => {
      const truths = confusion[c].reduce((sum, n) => sum + n, 0);
      const said = confusion.reduce((sum, line) => sum + line[c], 0);
      const precision = said === 0 ? 0 : confusion[c][c] / said;
      const recall = truths === 0 ? 0 : confusion[c][c] / truths;
      const f1 = precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
      return { label, precision, recall, f1, count: truths };
    }),
    rows: scored,
    mismatches: input.mismatches ?? 0,
    microsPerInference: input.microsPerInference ?? NaN,
  };
}
