/** Which engine trains, and with which of the project's settings: the words of the settings into those of the engine. */
import type { LabelledRows, TrainEngine, TrainOptions } from '../../train';
import { classWeightsOf, coreEngine, defaultAugmentationFor, tensorflowEngine } from '../../train';
import type { TrainSettings } from '../contract';
import type { PreparedRows } from './rows';
import type { TrainWork } from './work';

export function engineFor(settings: Pick<TrainSettings, 'engine'>): TrainEngine {
  return settings.engine === 'tensorflow' ? tensorflowEngine() : coreEngine();
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
    seed: settings.seed,
    threads: settings.threads,
    patience: settings.patience,
    classWeights: classWeightsOf(rows.y, prepared.labels.length),
    augmentation:
      settings.augment && prepared.resolved.inputShape.length === 2 ? defaultAugmentationFor('motion') : undefined,
    signal: work.signal,
  };
}
