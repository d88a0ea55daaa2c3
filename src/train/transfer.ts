/**
 * Teaches a model whose first layers were learned elsewhere (transferModel of src/model), in two stages that read as
 * one: first only the new head, then the last of the trunk's layers with it, gently.
 */
import type { ModelSpec, ModelWeights } from '../model';
import type { Checkpoint, EpochReport, LabelledRows, TrainEngine, TrainOptions, TrainResult } from './engine';
import { TrainError } from './errors';

export interface TransferOptions extends Omit<TrainOptions, 'initial' | 'frozen' | 'resume'> {
  /** Epochs in which only the head learns. */
  readonly epochs: number;
  /** Epochs of the second stage, at a tenth of the learning rate; default half of `epochs`, rounded up; 0 = none. */
  readonly fineTuneEpochs?: number | undefined;
  /** How many of the frozen layers, counted from the last, learn in the second stage; default a third of them. */
  readonly unfreeze?: number | undefined;
  readonly resume?: TransferCheckpoint | undefined;
}

/** Where a cancelled transfer stood. Plain data. */
export interface TransferCheckpoint {
  readonly version: 1;
  /** The finished first stage, once it is. */
  readonly head?: TrainResult | undefined;
  readonly stage: Checkpoint | undefined;
}

export interface TransferResult extends Omit<TrainResult, 'checkpoint'> {
  /** Epochs of the history that only taught the head. */
  readonly headEpochs: number;
  readonly checkpoint?: TransferCheckpoint | undefined;
}

const gentleness = 0.1;

/** Both stages' epochs counted on, for the listener and in the history. */
function countedOn(report: EpochReport, before: number, epochs: number): EpochReport {
  return { ...report, epoch: report.epoch + before, epochs };
}

function wholeNumber(value: number, what: string, low: number, high: number): number {
  if (Number.isInteger(value) && value >= low && value <= high) return value;
  throw new TrainError(
    'bad-options',
    `The ${what} is ${value}, but must be a whole number from ${low} to ${high}.`,
    'Correct the training settings.',
  );
}

/** The lowest validation loss of a stage that watched one, and kept its best epoch; else NaN. */
function bestLoss(result: TrainResult): number {
  const report = result.history.find(({ epoch }) => epoch === result.bestEpoch);
  return report ? report.validationLoss : NaN;
}

/**
 * Trains the head with the trunk frozen, then unfreezes the trunk's last layers and goes on at a tenth of the rate.
 * Options are those of an ordinary training (`epochs`, `patience`, `schedule` hold for each stage); one history comes
 * back. With patience, the second stage's weights are kept only where they are better than the first's.
 * @throws TrainError as engine.train() does.
 */
export async function transferTraining(
  engine: TrainEngine,
  model: { readonly spec: ModelSpec; readonly weights: ModelWeights; readonly frozen: readonly number[] },
  training: LabelledRows,
  validation: LabelledRows | undefined,
  options: TransferOptions,
): Promise<TransferResult> {
  const { fineTuneEpochs: wanted, unfreeze: wish, resume, ...ordinary } = options;
  const { spec, weights, frozen } = model;
  const fineTuneEpochs = wholeNumber(
    wanted ?? Math.ceil(options.epochs / 2),
    'number of fine-tuning epochs',
    0,
    1_000_000,
  );
  const unfreeze = wholeNumber(wish ?? Math.ceil(frozen.length / 3), 'number of layers to unfreeze', 0, frozen.length);
  const epochs = options.epochs + fineTuneEpochs;
  const stage = (before: number, more: Partial<TrainOptions>) =>
    engine.train(spec, training, validation, {
      ...ordinary,
      onEpoch: (report) => options.onEpoch?.(countedOn(report, before, epochs)),
      onProgress: (progress) => options.onProgress?.({ ...progress, done: progress.done + before, total: epochs }),
      ...more,
    });

  const head =
    resume?.head ?? (await stage(0, { initial: weights, frozen, ...(resume?.stage ? { resume: resume.stage } : {}) }));
  const headEpochs = head.history.length;
  const history = head.history.map((report) => countedOn(report, 0, epochs));
  if (head.stopped === 'cancelled' || fineTuneEpochs === 0) {
    const { checkpoint, ...rest } = head;
    return {
      ...rest,
      history,
      headEpochs,
      ...(head.stopped === 'cancelled' ? { checkpoint: { version: 1, stage: checkpoint } } : {}),
    };
  }

  const continued = resume?.head ? resume.stage : undefined;
  const fine = await stage(headEpochs, {
    initial: head.weights,
    frozen: frozen.slice(0, frozen.length - unfreeze),
    epochs: fineTuneEpochs,
    learningRate: options.learningRate * gentleness,
    // Other noise than the first stage saw.
    seed: (options.seed + 1) % 2 ** 32,
    ...(continued ? { resume: continued } : {}),
  });
  const worse = options.patience > 0 && bestLoss(fine) >= bestLoss(head);
  return {
    weights: worse ? head.weights : fine.weights,
    history: [...history, ...fine.history.map((report) => countedOn(report, headEpochs, epochs))],
    bestEpoch: worse ? head.bestEpoch : headEpochs + fine.bestEpoch,
    stopped: fine.stopped,
    headEpochs,
    ...(fine.stopped === 'cancelled' ? { checkpoint: { version: 1, head, stage: fine.checkpoint } } : {}),
  };
}
