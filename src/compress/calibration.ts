/** Chooses the rows that the ranges of an int8 model are found with. Knows nothing of models. */
import { Random } from '../base';
import type { LabelledRows } from '../train';
import { CompressError } from './errors';

export interface Calibration {
  /** count * width values: what QuantizeOptions.calibration wants. */
  readonly calibration: Float32Array;
  readonly calibrationCount: number;
}

/** Rows of none of the labels (one against the rest), and all rows where nothing is labelled (regression), are a group too. */
const noLabel = -1;

/**
 * At most `max` rows, the same number from every group as far as there are that many; a group with fewer gives all it
 * has and the others share what is left. A group is a class; rows whose cells are labelled go by the class that stands
 * in the fewest rows (an object, rather than the background around it); rows without labels are one group. Within a
 * group rows are drawn without repetition from the seeded generator. The chosen rows keep the order they have in `rows`.
 * @throws CompressError `bad-calibration` where there are no rows, or labels outside 0..classes-1 (-1: none of them).
 */
export function balancedCalibration(rows: LabelledRows, classes: number, max: number, seed: number): Calibration {
  const width = rows.count > 0 ? rows.x.length / rows.count : 0;
  const cells = rows.count > 0 ? rows.y.length / rows.count : 0;
  if (rows.count < 1 || max < 1 || !Number.isInteger(width) || !Number.isInteger(cells))
    throw new CompressError(
      'bad-calibration',
      'There is not one whole row to find the ranges of the int8 model with.',
      'Record or import training data first.',
    );
  const groups = groupsOf(rows, cells, classes);
  const random = new Random(seed);
  for (const members of groups) random.shuffle(members);
  const chosen = drawEvenly(groups, max).sort((a, b) => a - b);
  const calibration = new Float32Array(chosen.length * width);
  chosen.forEach((row, i) => calibration.set(rows.x.subarray(row * width, (row + 1) * width), i * width));
  return { calibration, calibrationCount: chosen.length };
}

function groupsOf({ count, y }: LabelledRows, cells: number, classes: number): number[][] {
  const wrong = y.findIndex((label) => label < noLabel || label >= classes);
  if (wrong >= 0)
    throw new CompressError(
      'bad-calibration',
      `Row ${Math.floor(wrong / cells) + 1} has label number ${y[wrong]}, but there are ${classes} labels.`,
      'Compute the features again and train anew.',
    );
  const labelsOf = Array.from({ length: count }, (_, row) => [...new Set(y.subarray(row * cells, (row + 1) * cells))]);
  const rowsWith = new Map<number, number>();
  for (const labels of labelsOf) for (const label of labels) rowsWith.set(label, (rowsWith.get(label) ?? 0) + 1);
  const rarity = (label: number): number => rowsWith.get(label) ?? 0;
  const groups: number[][] = Array.from({ length: classes + 1 }, () => []);
  labelsOf.forEach((labels, row) => {
    const rarest = labels.reduce((best, label) => (rarity(label) < rarity(best) ? label : best), labels[0] ?? noLabel);
    groups[rarest === noLabel ? classes : rarest].push(row);
  });
  return groups;
}

/** Takes from each class in turn until `max` are taken or none are left. */
function drawEvenly(byClass: readonly (readonly number[])[], max: number): number[] {
  const chosen: number[] = [];
  const longest = byClass.reduce((most, members) => Math.max(most, members.length), 0);
  for (let turn = 0; turn < longest && chosen.length < max; turn++)
    for (const members of byClass) if (turn < members.length && chosen.length < max) chosen.push(members[turn]);
  return chosen;
}
