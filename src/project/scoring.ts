/** Turns predicted probabilities into the figures people read; knows no file. */
import { runInt8, type QuantizedModel } from '../compress';
import type { Core } from '../core';
import type { FeatureRows } from '../impulse';
import { decide, noLabel } from '../model';
import type { LabelledRows } from '../train';
import type { ScoredRow, ScoreReport, TrainSettings } from './contract';

export interface ScoringInput {
  readonly engine: ScoreReport['engine'];
  readonly rows: FeatureRows;
  /** count * labels.length probabilities. */
  readonly scores: Float32Array;
  /** Of a model that may answer "none of these": what a label must reach. */
  readonly threshold?: number | undefined;
  readonly mismatches?: number;
  readonly microsPerInference?: number;
}

/** Answers of a one-vs-rest model are yes or no for each label: the likelier of the two counts. */
const evenChance = 0.5;

/** What `score` takes for a model of this head. */
export const thresholdOf = ({ head }: Pick<TrainSettings, 'head'>): number | undefined =>
  head === 'oneVsRest' ? evenChance : undefined;

function answerOf(scores: ArrayLike<number>, threshold: number | undefined): number {
  return threshold === undefined ? indexOfLargest(scores) : decide(scores, threshold);
}

function indexOfLargest(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

/** Mean probability of each capture's windows, then the answer: what a person would call "it got that recording right". */
function captureAccuracy({ rows, scores, threshold }: ScoringInput): { count: number; accuracy: number } {
  const classes = rows.labels.length;
  const captures = new Map<string, { truth: number; windows: number; sum: Float64Array }>();
  for (let row = 0; row < rows.count; row++) {
    const id = rows.captureIds[row];
    let entry = captures.get(id);
    if (!entry) captures.set(id, (entry = { truth: rows.y[row], windows: 0, sum: new Float64Array(classes) }));
    entry.windows++;
    for (let c = 0; c < classes; c++) entry.sum[c] += scores[row * classes + c];
  }
  let right = 0;
  for (const { truth, windows, sum } of captures.values())
    if (
      answerOf(
        sum.map((value) => value / windows),
        threshold,
      ) === truth
    )
      right++;
  return { count: captures.size, accuracy: captures.size === 0 ? NaN : right / captures.size };
}

/** Share of the rows whose answer is right. */
export function rightShare(rows: LabelledRows, scores: Float32Array, threshold: number | undefined): number {
  const classes = scores.length / rows.count;
  let right = 0;
  for (let row = 0; row < rows.count; row++)
    if (answerOf(scores.subarray(row * classes, (row + 1) * classes), threshold) === rows.y[row]) right++;
  return right / rows.count;
}

/** Rows between two chances to cancel. */
const rowsAtOnce = 32;

/** runInt8(), a few rows at a time; `pause` is awaited after each with the rows done so far, and may throw to end it. */
export async function int8InSteps(
  core: Core,
  model: QuantizedModel,
  x: Float32Array,
  count: number,
  pause: (done: number) => Promise<void>,
): Promise<{ int8: Int8Array; scores: Float32Array }> {
  const width = x.length / count;
  const parts: ReturnType<typeof runInt8>[] = [];
  for (let from = 0; from < count; from += rowsAtOnce) {
    const rows = Math.min(rowsAtOnce, count - from);
    parts.push(runInt8(core, model, x.subarray(from * width, (from + rows) * width), rows));
    await pause(from + rows);
  }
  const outputs = parts[0]?.outputs ?? 0;
  const joined = { int8: new Int8Array(count * outputs), scores: new Float32Array(count * outputs) };
  for (const [i, part] of parts.entries()) {
    joined.int8.set(part.int8, i * rowsAtOnce * outputs);
    joined.scores.set(part.scores, i * rowsAtOnce * outputs);
  }
  return joined;
}

/** Accuracy, confusion and per-label figures. A ratio with nothing below the line is 0, as in scikit-learn. */
export function score(input: ScoringInput): ScoreReport {
  const { rows, scores, threshold } = input;
  const classes = rows.labels.length;
  const confusion = rows.labels.map(() => new Array<number>(classes).fill(0));
  const rejected = rows.labels.map(() => 0);
  const scored: ScoredRow[] = [];
  let right = 0;
  for (let row = 0; row < rows.count; row++) {
    const truth = rows.y[row];
    const answers = scores.subarray(row * classes, (row + 1) * classes);
    const predicted = answerOf(answers, threshold);
    if (predicted === noLabel) rejected[truth]++;
    else confusion[truth][predicted]++;
    if (truth === predicted) right++;
    scored.push({
      captureId: rows.captureIds[row],
      start: rows.starts[row],
      truth,
      predicted,
      score: answers[predicted === noLabel ? indexOfLargest(answers) : predicted],
    });
  }
  const captures = captureAccuracy(input);
  return {
    engine: input.engine,
    count: rows.count,
    accuracy: rows.count === 0 ? NaN : right / rows.count,
    captureCount: captures.count,
    captureAccuracy: captures.accuracy,
    labels: rows.labels,
    confusion,
    rejected,
    perLabel: rows.labels.map((label, c) => {
      const truths = confusion[c].reduce((sum, n) => sum + n, rejected[c]);
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
