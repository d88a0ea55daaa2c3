/** Chooses the rows that the ranges of an int8 model are found with. Knows nothing of models. */
import { Random } from '../base';
import type { LabelledRows } from '../train';
import { CompressError } from './errors';

export interface Calibration {
  /** count * width values: what QuantizeOptions.calibration wants. */
  readonly calibration: Float32Array;
  readonly calibrationCount: number;
}

/**
 * At most `max` rows, the same number from every class as far as there are that many; a class with fewer gives all it
 * has and the others share what is left. Within a class rows are drawn without repetition from the seeded generator.
 * The chosen rows keep the order they have in `rows`.
 * @throws CompressError `bad-calibration` where there are no rows, or labels outside 0..classes-1.
 */
export function balancedCalibration(rows: LabelledRows, classes: number, max: number, seed: number): Calibration {
  const width = rows.count > 0 ? rows.x.length / rows.count : 0;
  if (rows.count < 1 || max < 1 || !Number.isInteger(width) || rows.y.length < rows.count)
    throw new CompressError(
      'bad-calibration',
      'There is not one whole row to find the ranges of the int8 model with.',
      'Record or import training data first.',
    );
  const byClass: number[][] = Array.from({ length: classes }, () => []);
  for (let row = 0; row < rows.count; row++) {
    const members = byClass[rows.y[row]] as number[] | undefined;
    if (!members)
      throw new CompressError(
        'bad-calibration',
        `Row ${row + 1} has label number ${rows.y[row]}, but there are ${classes} labels.`,
        'Compute the features again and train anew.',
      );
    members.push(row);
  }
  const random = new Random(seed);
  for (const members of byClass) random.shuffle(members);
  const chosen = drawEvenly(byClass, max).sort((a, b) => a - b);
  const calibration = new Float32Array(chosen.length * width);
  chosen.forEach((row, i) => calibration.set(rows.x.subarray(row * width, (row + 1) * width), i * width));
  return { calibration, calibrationCount: chosen.length };
}

/** Takes from each class in turn until `max` are taken or none are left. */
function drawEvenly(byClass: readonly (readonly number[])[], max: number): number[] {
  const chosen: number[] = [];
  const longest = byClass.reduce((most, members) => Math.max(most, members.length), 0);
  for (let turn = 0; turn < longest && chosen.length < max; turn++)
    for (const members of byClass) if (turn < members.length && chosen.length < max) chosen.push(members[turn]);
  return chosen;
}
