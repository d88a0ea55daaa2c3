/** How well a model's answers fit labelled rows, for every objective. Knows nothing of how the answers were computed. */
import { objectiveOf, type LabelledRows } from '../train';
import type { ModelSpec } from '../model';

export interface Score {
  /** Share of rows (of cells, for object detection) that are right; NaN for regression. */
  readonly accuracy: number;
  /** Mean cross-entropy, or mean squared error. An int8 probability of 0 counts as half the smallest that is none. */
  readonly loss: number;
  /** What is decided per row (per cell): the likeliest class, -1 for none of the labels; empty for regression. */
  readonly decisions: Int32Array;
}

/** Int8 probabilities come in 1/256ths. */
const leastProbability = 1 / 512;

const surprise = (probability: number): number => -Math.log(Math.max(probability, leastProbability));

function likeliest(answers: Float32Array, from: number, classes: number): number {
  let best = 0;
  for (let c = 1; c < classes; c++) if (answers[from + c] > answers[from + best]) best = c;
  return best;
}

/** @param answers count * outputs values as the model gives them: probabilities behind softmax or sigmoid. */
export function scoreOf(spec: ModelSpec, answers: Float32Array, rows: LabelledRows): Score {
  const { objective, classes, outputs } = objectiveOf(spec);
  if (objective === 'regression')
    return { accuracy: NaN, loss: squaredError(answers, rows), decisions: new Int32Array(0) };
  const count = (rows.count * outputs) / classes;
  const decisions = new Int32Array(count);
  let loss = 0;
  let right = 0;
  for (let i = 0; i < count; i++) {
    const best = likeliest(answers, i * classes, classes);
    const none = objective === 'oneVsRest' && answers[i * classes + best] < 0.5;
    decisions[i] = none ? -1 : best;
    if (decisions[i] === rows.y[i]) right++;
    if (objective !== 'oneVsRest') loss += surprise(answers[i * classes + rows.y[i]]);
    else
      for (let c = 0; c < classes; c++) {
        const probability = answers[i * classes + c];
        loss += surprise(c === rows.y[i] ? probability : 1 - probability) / classes;
      }
  }
  return { accuracy: right / count, loss: loss / count, decisions };
}

function squaredError(answers: Float32Array, { x, targets }: LabelledRows): number {
  const wanted = targets === 'input' ? x : (targets ?? new Float32Array(0));
  let sum = 0;
  for (let i = 0; i < answers.length; i++) sum += (answers[i] - wanted[i]) ** 2;
  return sum / answers.length;
}

/** Rows (cells) that are decided otherwise. */
export const flips = (one: Score, other: Score): number =>
  one.decisions.reduce((count, decision, i) => count + (decision === other.decisions[i] ? 0 : 1), 0);

/** More rows right; or as many, and more sure of it. */
export const isBetter = (one: Score, other: Score): boolean =>
  one.accuracy > other.accuracy || (!(one.accuracy < other.accuracy) && one.loss < other.loss);
