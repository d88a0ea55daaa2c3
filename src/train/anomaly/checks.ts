/** Refuses what cannot be clustered, in the words of the person who recorded it. */
import { checkInputs } from '../checks';
import { TrainError } from '../errors';
import type { FeatureTable } from './types';

/** @throws TrainError `no-rows`, `bad-rows`, `not-finite`. */
export function checkNormalRows({ count, width, x }: FeatureTable): void {
  checkTable({ count, width, x }, 'normal');
  if (count >= 2) return;
  throw new TrainError(
    'no-rows',
    count === 0 ? 'There are no rows of what is normal.' : 'There is only one row of what is normal.',
    'Record more of what is normal, for a minute or so.',
  );
}

/** @throws TrainError `bad-rows`, `not-finite`. */
export function checkTable({ count, width, x }: FeatureTable, what: string): void {
  if (!Number.isInteger(width) || width < 1)
    throw new TrainError('bad-rows', `Rows of ${width} values cannot be compared.`, 'Compute the features again.');
  checkInputs(x, count, width, what);
}

/** @throws TrainError `bad-options`. */
export function checkWhole(value: number, what: string, low: number, high: number): void {
  if (Number.isInteger(value) && value >= low && value <= high) return;
  throw new TrainError(
    'bad-options',
    `The ${what} is ${value}, but must be a whole number from ${low} to ${high}.`,
    'Correct the settings of the anomaly detection.',
  );
}

/** A model may come from a file. @throws TrainError `bad-rows` where rows are of another width than it was fitted on. */
export function checkWidth(model: { width: number }, rows: FeatureTable): void {
  checkTable(rows, 'given');
  if (model.width === rows.width) return;
  throw new TrainError(
    'bad-rows',
    `The rows have ${rows.width} features, but normal was learned from ${model.width}.`,
    'Compute the features with the settings that normal was learned with, or learn it again.',
  );
}
