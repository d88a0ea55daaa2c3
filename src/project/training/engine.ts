/** Which engine trains, and with which of the project's settings: the words of the settings into those of the engine. */
import {
  classWeightsOf,
  coreEngine,
  tensorflowEngine,
  type LabelledRows,
  type TrainEngine,
  type TrainOptions,
} from '../../train';
import type { TrainSettings } from '../contract';
import { augmentationFor } from './augmenting';
import type { PreparedRows } from './rows';
import type { TrainWork } from './work';

/** As in most published recipes; plain gradient descent without it is rarely wanted. */
const sgdMomentum = 0.9;

export function engineFor(settings: Pick<TrainSettings, 'engine'>): TrainEngine {
  return settings.engine === 'tensorflow' ? tensorflowEngine() : coreEngine();
}

/** Batches of an epoch over sound, at least: its epochs are few, since each window comes varied, too. */
const soundSteps = 25;

export function scheduleOf({ schedule, epochs }: TrainSettings): TrainOptions['schedule'] {
  return schedule === 'step' ? { step: Math.ceil(epochs / 3), factor: 1 / 3 } : schedule;
}

export function optionsFor(
  settings: TrainSettings,
  prepared: PreparedRows,
  rows: LabelledRows,
  work: TrainWork,
): TrainOptions {
  return {
    epochs: settings.epochs,
    batchSize: settings.batchSize,
    learningRate: settings.learningRate,
    optimiser: settings.optimiser,
    momentum: settings.optimiser === 'sgd' ? sgdMomentum : undefined,
    schedule: scheduleOf(settings),
    labelSmoothing: settings.head === 'softmax' ? settings.labelSmoothing : undefined,
    seed: settings.seed,
    threads: settings.threads,
    patience: settings.patience,
    classWeights: classWeightsOf(rows.y, prepared.labels.length),
    leastSteps: prepared.varied ? soundSteps : undefined,
    augmentation: settings.augment ? augmentationFor(prepared) : undefined,
    signal: work.signal,
  };
}
