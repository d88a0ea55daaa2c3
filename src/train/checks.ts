/** Refuses rows and settings that cannot be trained on, before any engine sees them. */
import { product, resolveModel, type ModelSpec, type ResolvedLayer } from '../model';
import type { Augmentation, LabelledRows, TrainOptions } from './engine';
import { TrainError } from './errors';

/** Values of one row, and the number of classes, of a classifier. @throws ModelError, TrainError `unsupported`. */
export function classifierOf(spec: ModelSpec): { layers: readonly ResolvedLayer[]; width: number; classes: number } {
  const layers = resolveModel(spec);
  const last = layers[layers.length - 1];
  const refuse = (problem: string): never => {
    throw new TrainError('unsupported', problem, 'Choose one of the offered models.');
  };
  if (last.spec.kind !== 'softmax')
    refuse('The model does not end in a softmax layer, so it cannot be trained to classify.');
  if (layers.slice(0, -1).some((layer) => layer.spec.kind === 'softmax'))
    refuse('The model has a softmax layer before its last layer.');
  const read = new Set(layers.flatMap((layer) => layer.inputs));
  const unread = layers.findIndex((_, index) => index < layers.length - 1 && !read.has(index));
  if (unread >= 0) refuse(`Nothing reads the output of layer ${unread + 1} (${layers[unread].spec.kind}).`);
  return { layers, width: product(spec.input), classes: last.outputShape[0] };
}

/** @throws TrainError where rows are ragged, not finite or of labels that the model does not have. */
export function checkRows(rows: LabelledRows, width: number, classes: number, what: string): void {
  const damaged = (problem: string): never => {
    throw new TrainError('bad-rows', problem, 'Compute the features again.');
  };
  if (!Number.isInteger(rows.count) || rows.count < 0)
    damaged(`The number of ${what} rows, ${rows.count}, is not a count.`);
  if (rows.x.length !== rows.count * width)
    damaged(`The ${what} rows hold ${rows.x.length} values, but ${rows.count} rows of ${width} values were expected.`);
  if (rows.y.length !== rows.count) damaged(`There are ${rows.y.length} labels for ${rows.count} ${what} rows.`);
  checkFinite(rows.x, width, what);
  for (let i = 0; i < rows.count; i++)
    if (rows.y[i] < 0 || rows.y[i] >= classes)
      damaged(`Row ${i + 1} of the ${what} rows has label ${rows.y[i]}, but the model knows ${classes} labels.`);
}

/** @throws TrainError `not-finite` naming the first row with NaN or infinity. */
export function checkFinite(x: Float32Array, width: number, what: string): void {
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

export function checkTrainingRows(rows: LabelledRows, width: number, classes: number): void {
  if (rows.count === 0)
    throw new TrainError('no-rows', 'There are no rows to train on.', 'Record or import captures with labels first.');
  checkRows(rows, width, classes, 'training');
  if (rows.y.every((label) => label === rows.y[0]))
    throw new TrainError(
      'one-class',
      'All training rows have the same label, so there is nothing to tell apart.',
      'Record captures with a second label.',
    );
}

const largest: Augmentation = { jitter: 10, scale: 0.9, shift: 0.9, warp: 0.9, rotation: 3.2, offset: 10 };

function checkAugmentation(augmentation: Augmentation, refuse: (problem: string) => never): void {
  const { jitter, scale, shift, warp, rotation, offset } = augmentation;
  for (const [name, value] of Object.entries({ jitter, scale, shift, warp, rotation, offset }))
    if (!(value >= 0 && value <= largest[name as keyof Augmentation]))
      refuse(`The augmentation's ${name} is ${value}, which is out of range.`);
}

export function checkOptions(options: TrainOptions, classes: number): void {
  const refuse = (problem: string): never => {
    throw new TrainError('bad-options', problem, 'Correct the training settings.');
  };
  const whole = (value: number, name: string, low: number, high: number) => {
    if (!Number.isInteger(value) || value < low || value > high)
      refuse(`The ${name} is ${value}, but must be a whole number from ${low} to ${high}.`);
  };
  whole(options.epochs, 'number of epochs', 1, 1_000_000);
  whole(options.batchSize, 'batch size', 1, 65_536);
  whole(options.seed, 'seed', 0, 4_294_967_295);
  whole(options.threads, 'number of threads', 0, 64);
  whole(options.patience, 'patience', 0, 1_000_000);
  whole(options.leastSteps ?? 1, 'least number of steps', 1, 1_000_000);
  if (!(options.learningRate > 0 && options.learningRate <= 100))
    refuse(`The learning rate is ${options.learningRate}, but must be above 0 and at most 100.`);
  const weights = options.classWeights;
  if (weights && (weights.length !== classes || !weights.every((weight) => Number.isFinite(weight) && weight >= 0)))
    refuse(`The class weights must be ${classes} numbers that are not negative.`);
  if (options.augmentation) checkAugmentation(options.augmentation, refuse);
}
