/** Refuses rows that cannot be trained on, before any engine sees them. */
import type { LabelledRows } from './engine';
import { TrainError } from './errors';
import type { ResolvedObjective } from './objective';

const damaged = (problem: string): never => {
  throw new TrainError('bad-rows', problem, 'Compute the features again.');
};

/** @throws TrainError `bad-rows` where `count` rows of `width` values are not what x holds, `not-finite` naming the first bad row. */
export function checkInputs(x: Float32Array, count: number, width: number, what: string): void {
  if (!Number.isInteger(count) || count < 0) damaged(`The number of ${what} rows, ${count}, is not a count.`);
  if (x.length !== count * width)
    damaged(`The ${what} rows hold ${x.length} values, but ${count} rows of ${width} values were expected.`);
  checkFinite(x, width, what);
}

function checkFinite(x: Float32Array, width: number, what: string): void {
  for (let i = 0; i < x.length; i++) {
    if (Number.isFinite(x[i])) continue;
    const problem = `Row ${Math.floor(i / width) + 1} of the ${what} rows holds a value that is not a finite number.`;
    throw new TrainError(
      'not-finite',
      problem,
      'Look for broken captures among the recordings, and delete or trim them.',
    );
  }
}

function checkLabels(rows: LabelledRows, { objective, classes, cells }: ResolvedObjective, what: string): void {
  if (rows.y.length !== rows.count * cells)
    damaged(
      cells === 1
        ? `There are ${rows.y.length} labels for ${rows.count} ${what} rows.`
        : `There are ${rows.y.length} labels for ${rows.count} ${what} rows of ${cells} cells.`,
    );
  const least = objective === 'oneVsRest' ? -1 : 0;
  const wrong = rows.y.findIndex((label) => label < least || label >= classes);
  if (wrong >= 0)
    damaged(
      `Row ${Math.floor(wrong / cells) + 1} of the ${what} rows has label ${rows.y[wrong]}, but the model knows ${classes} labels.`,
    );
}

function checkTargets({ count, targets }: LabelledRows, { width, outputs }: ResolvedObjective, what: string): void {
  if (targets === 'input') {
    if (outputs !== width)
      damaged(`The model answers ${outputs} values per row, so it cannot learn to answer its ${width} inputs.`);
    return;
  }
  if (!targets) return damaged(`The ${what} rows have no values to learn.`);
  if (targets.length !== count * outputs)
    damaged(
      `There are ${targets.length} values to learn for ${count} ${what} rows, but the model answers ${outputs} per row.`,
    );
  checkFinite(targets, outputs, what);
}

/** @throws TrainError where rows are ragged, not finite, or of labels or values that the model does not have. */
export function checkRows(rows: LabelledRows, objective: ResolvedObjective, what: string): void {
  checkInputs(rows.x, rows.count, objective.width, what);
  if (objective.objective === 'regression') checkTargets(rows, objective, what);
  else checkLabels(rows, objective, what);
}

/** As checkRows(), and that there is something to learn. */
export function checkTrainingRows(rows: LabelledRows, objective: ResolvedObjective): void {
  if (rows.count === 0)
    throw new TrainError('no-rows', 'There are no rows to train on.', 'Record or import captures with labels first.');
  checkRows(rows, objective, 'training');
  if (objective.objective === 'regression' || rows.y.some((label) => label !== rows.y[0])) return;
  throw objective.objective === 'cells'
    ? new TrainError(
        'one-class',
        'All cells of all training images have the same label, so there is nothing to tell apart.',
        'Mark objects in the images first.',
      )
    : new TrainError(
        'one-class',
        'All training rows have the same label, so there is nothing to tell apart.',
        'Record captures with a second label.',
      );
}
