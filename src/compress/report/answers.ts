/** What a network's answers are worth against the labels of the rows. Knows nothing of networks. */
import { decideRows, noLabel } from '../../model';
import type { LabelledRows, ResolvedObjective } from '../../train';
import type { LabelScores } from '../types';

/** Of one label against the rest, a yes. */
const evenChance = 0.5;

/** One label per row, or per cell; none (-1) only one against the rest. Empty for regression. */
export function decisionsOf({ objective, classes }: ResolvedObjective, answers: Float32Array): Int32Array {
  if (objective === 'regression') return new Int32Array(0);
  return decideRows(answers, classes, objective === 'oneVsRest' ? evenChance : -Infinity);
}

export function accuracyOf(decisions: Int32Array, labels: Int32Array): number {
  return decisions.reduce((right, label, i) => right + (label === labels[i] ? 1 : 0), 0) / decisions.length;
}

export function scoresPerLabel(decisions: Int32Array, labels: Int32Array, classes: number): LabelScores[] {
  const tally = (): Float64Array => new Float64Array(classes);
  const [answered, right, count] = [tally(), tally(), tally()];
  decisions.forEach((label, i) => {
    if (label !== noLabel) answered[label]++;
    if (labels[i] !== noLabel) count[labels[i]]++;
    if (label !== noLabel && label === labels[i]) right[label]++;
  });
  return Array.from({ length: classes }, (_, label) => {
    const share = (all: number): number => (all === 0 ? 0 : right[label] / all);
    const f1 = (2 * right[label]) / (answered[label] + count[label]) || 0;
    return { label, precision: share(answered[label]), recall: share(count[label]), f1, count: count[label] };
  });
}

/** Mean F1 of the labels that occur. @param from the first label that counts. */
export function macroF1Of(perLabel: readonly LabelScores[], from: number): number {
  const counted = perLabel.filter(({ label, count }) => label >= from && count > 0);
  return counted.reduce((sum, { f1 }) => sum + f1, 0) / counted.length;
}

/** Rows in which a decision is not that of the reference. */
export function flippedRows(decisions: Int32Array, reference: Int32Array, cells: number): number[] {
  const rows = new Set<number>();
  decisions.forEach((label, i) => {
    if (label !== reference[i]) rows.add(Math.floor(i / cells));
  });
  return [...rows];
}

export function meanSquaredErrorOf(answers: Float32Array, { x, targets }: LabelledRows): number {
  const wanted = targets === 'input' || targets === undefined ? x : targets;
  return answers.reduce((sum, value, i) => sum + (value - wanted[i]) ** 2, 0) / answers.length;
}
