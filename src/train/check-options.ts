/** Refuses settings of training that make no sense, before any engine sees them. */
import type { Augmentation, GradientOptions, MotionAugmentation, Schedule, TrainOptions } from './engine';
import { TrainError } from './errors';
import { checkFakeQuantisation } from './fake-quantisation';
import type { ResolvedObjective } from './objective';
import { kernelSizeOf } from './sparsity';

const refuse = (problem: string): never => {
  throw new TrainError('bad-options', problem, 'Correct the training settings.');
};

function whole(value: number, name: string, low: number, high: number): void {
  if (!Number.isInteger(value) || value < low || value > high)
    refuse(`The ${name} is ${value}, but must be a whole number from ${low} to ${high}.`);
}

/** At least `low`, and below `high`, or at most `high` where `inclusive`. */
function within(value: number, name: string, low: number, high: number, inclusive: boolean): void {
  if (!(value >= low && (inclusive ? value <= high : value < high)))
    refuse(`The ${name} is ${value}, but must be at least ${low} and ${inclusive ? 'at most' : 'below'} ${high}.`);
}

/** The largest value of each number in an augmentation; all must be at least 0. */
const largest: Record<Augmentation['kind'], Readonly<Record<string, number>>> = {
  motion: { jitter: 10, scale: 0.9, shift: 0.9, warp: 0.9, rotation: 3.2, offset: 10 },
  spectrogram: {
    timeShift: 0.9,
    gain: 10,
    noise: 10,
    mix: 0.9,
    timeMasks: 2,
    timeMaskWidth: 0.9,
    frequencyMasks: 2,
    frequencyMaskWidth: 0.9,
  },
  image: { crop: 0.9, brightness: 10, contrast: 0.9, noise: 10 },
};

/** Axes of motion are the last side of [time, axes]; a flat list is one frame of them. */
function checkUnits({ units }: MotionAugmentation, input: readonly number[]): void {
  if (!units) return;
  const axes = input[1] ?? input[0];
  const fine = (list: readonly number[], least: number) =>
    list.length === axes && list.every((value) => Number.isFinite(value) && value >= least);
  if (input.length > 2 || !fine(units.mean, -Infinity) || !fine(units.deviation, 0))
    refuse(`The units of the augmentation must be a mean and a deviation for each of ${axes} axes.`);
}

function checkAugmentation(augmentation: Augmentation, input: readonly number[]): void {
  const inputRank = input.length;
  const limits = largest[augmentation.kind] as (typeof largest)[Augmentation['kind']] | undefined;
  if (!limits) return refuse(`There is no augmentation called "${String(augmentation.kind).slice(0, 40)}".`);
  for (const [name, most] of Object.entries(limits)) {
    const value = (augmentation as unknown as Record<string, number>)[name];
    if (!(value >= 0 && value <= most)) refuse(`The augmentation's ${name} is ${value}, which is out of range.`);
    if (name.endsWith('Masks')) whole(value, `augmentation's ${name}`, 0, most);
  }
  if (augmentation.kind === 'motion') checkUnits(augmentation, input);
  if (augmentation.kind === 'image' && inputRank !== 3)
    refuse('Images can only be varied where the model reads [height, width, channels].');
  if (augmentation.kind === 'spectrogram' && inputRank === 1)
    refuse('Spectrograms can only be varied where the model reads frames of bins, not a flat list of values.');
}

function checkSchedule(schedule: Schedule): void {
  if (typeof schedule === 'object') {
    whole(schedule.step, 'number of epochs between two steps of the learning rate', 1, 1_000_000);
    if (!(schedule.factor > 0 && schedule.factor <= 1))
      refuse(`The learning rate's factor per step is ${schedule.factor}, but must be above 0 and at most 1.`);
  } else if (!['constant', 'falling', 'cosine'].includes(schedule))
    refuse(`There is no schedule called "${String(schedule).slice(0, 40)}".`);
}

function checkLayers(indices: readonly number[], layers: ResolvedObjective['layers'], what: string): void {
  for (const index of indices) whole(index, `index of a layer ${what}`, 0, layers.length - 1);
}

function checkPruning({ sparsity, masks, epochs }: TrainOptions, layers: ResolvedObjective['layers']): void {
  if (sparsity && masks) refuse('Pruning by a growing share and by fixed masks cannot be combined.');
  if (sparsity) {
    within(sparsity.target, 'share of pruned values', 0, 1, false);
    whole(sparsity.fromEpoch, 'first epoch of pruning', 1, epochs);
    whole(sparsity.toEpoch, 'epoch in which pruning is done', sparsity.fromEpoch, epochs);
    checkLayers(sparsity.layers ?? [], layers, 'to prune');
  }
  if (!masks) return;
  if (masks.length !== layers.length) refuse(`There are ${masks.length} masks for ${layers.length} layers.`);
  masks.forEach((mask, index) => {
    if (mask && mask.length !== kernelSizeOf(layers[index]))
      refuse(`The mask of layer ${index + 1} has ${mask.length} entries for ${kernelSizeOf(layers[index])} values.`);
  });
}

/** What train() and gradients() are both told. @throws TrainError `bad-options`. */
export function checkGradientOptions(
  options: GradientOptions,
  { objective, classes, layers }: ResolvedObjective,
): void {
  const { classWeights, labelSmoothing, frozen, fakeQuantisation } = options;
  if (
    classWeights &&
    (classWeights.length !== classes || !classWeights.every((weight) => Number.isFinite(weight) && weight >= 0))
  )
    refuse(`The class weights must be ${classes} numbers that are not negative.`);
  within(labelSmoothing ?? 0, 'label smoothing', 0, 0.5, true);
  if (labelSmoothing && objective !== 'classification' && objective !== 'cells')
    refuse('Labels can only be smoothed where one of several classes is right.');
  checkLayers(frozen ?? [], layers, 'to freeze');
  if (fakeQuantisation) checkFakeQuantisation(fakeQuantisation, layers);
  const learning = layers.some((layer, index) => kernelSizeOf(layer) > 0 && !frozen?.includes(index));
  if (!learning) refuse('No layer of the model is left to learn.');
}

/** @throws TrainError `bad-options`. */
export function checkOptions(options: TrainOptions, objective: ResolvedObjective, input: readonly number[]): void {
  whole(options.epochs, 'number of epochs', 1, 1_000_000);
  whole(options.batchSize, 'batch size', 1, 65_536);
  whole(options.seed, 'seed', 0, 4_294_967_295);
  whole(options.threads, 'number of threads', 0, 64);
  whole(options.patience, 'patience', 0, 1_000_000);
  whole(options.leastSteps ?? 1, 'least number of steps', 1, 1_000_000);
  if (!(options.learningRate > 0 && options.learningRate <= 100))
    refuse(`The learning rate is ${options.learningRate}, but must be above 0 and at most 100.`);
  if (options.optimiser && !['adam', 'adamw', 'sgd'].includes(options.optimiser))
    refuse(`There is no optimiser called "${String(options.optimiser).slice(0, 40)}".`);
  within(options.momentum ?? 0, 'momentum', 0, 1, false);
  within(options.weightDecay ?? 0, 'weight decay', 0, 1, true);
  if (options.schedule) checkSchedule(options.schedule);
  checkGradientOptions(options, objective);
  checkPruning(options, objective.layers);
  if (options.augmentation) checkAugmentation(options.augmentation, input);
}
