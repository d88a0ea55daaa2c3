/** train: its options into settings, its progress and its report into lines. */
import type { Command } from 'commander';
import {
  modelKinds,
  trainProject,
  type PruneSettings,
  type ScoreReport,
  type TrainProgress,
  type TrainReport,
  type TrainSettings,
} from '../../project';
import { Context, UsageError, number, oneOf, whole } from '../context';
import { bytes, percent, type Output } from '../output';

interface TrainOptions {
  readonly engine?: string;
  readonly seed?: string;
  readonly epochs?: string;
  readonly threads?: string;
  readonly model?: string;
  readonly size?: string;
  readonly head?: string;
  readonly optimiser?: string;
  readonly schedule?: string;
  readonly labelSmoothing?: string;
  readonly learningRate?: string;
  readonly batch?: string;
  readonly patience?: string;
  readonly augment?: boolean;
  readonly quantisation?: string;
  readonly prune?: string;
  readonly from?: string;
  readonly continue?: boolean;
}

export const modelNames = ['auto', ...modelKinds] as const;
export const sizeNames = ['small', 'medium', 'large'] as const;
const heads = ['softmax', 'one-vs-rest'] as const;
const quantisations = ['auto', 'after-training', 'aware'] as const;

const pruneForms =
  'none, synapses=SHARE, filters=SHARE, filters=bytes:N, filters=macs:N or filters=latency:MS@BOARD, for example synapses=0.8';

/** "synapses=0.8", "filters=macs:500000", "filters=latency:20@nano33ble-sense". */
export function parsePrune(text: string): PruneSettings {
  const wrong = new UsageError(`--prune takes ${pruneForms}; not "${text}".`);
  if (text === 'none') return { kind: 'none' };
  const [, kind, by = 'share', amount, board] =
    /^(synapses|filters)=(?:(bytes|macs|latency):)?([0-9.eE+-]+)(?:@([a-z0-9-]+))?$/.exec(text) ?? [];
  if (kind === undefined || (board !== undefined) !== (by === 'latency')) throw wrong;
  if (kind === 'synapses') {
    if (by !== 'share') throw wrong;
    return { kind, by, target: number(amount, '--prune synapses', 0.01, 0.99) };
  }
  if (by === 'share') return { kind: 'filters', by, target: number(amount, '--prune filters', 0.01, 0.95) };
  if (by === 'latency')
    return { kind: 'filters', by, target: number(amount, '--prune filters=latency', 0.001, 1e6), board };
  return { kind: 'filters', by: oneOf(by, '--prune', ['bytes', 'macs']), target: whole(amount, '--prune', 1, 1e12) };
}

/** Only what was given, checked before anything is read. */
export function settingsFrom(options: TrainOptions): Partial<TrainSettings> {
  const parts: { -readonly [K in keyof TrainSettings]?: TrainSettings[K] } = {};
  const { engine, seed, epochs, threads, model, size, head, optimiser, schedule, labelSmoothing } = options;
  if (engine !== undefined) parts.engine = oneOf(engine, '--engine', ['core', 'tensorflow'] as const);
  if (seed !== undefined) parts.seed = whole(seed, '--seed', 0, 4294967295);
  if (epochs !== undefined) parts.epochs = whole(epochs, '--epochs', 1, 10_000);
  if (threads !== undefined) parts.threads = whole(threads, '--threads', 0, 64);
  if (model !== undefined) parts.model = oneOf(model, '--model', modelNames);
  if (size !== undefined) parts.size = oneOf(size, '--size', sizeNames);
  if (head !== undefined) parts.head = oneOf(head, '--head', heads) === 'softmax' ? 'softmax' : 'oneVsRest';
  if (optimiser !== undefined) parts.optimiser = oneOf(optimiser, '--optimiser', ['adam', 'adamw', 'sgd'] as const);
  if (schedule !== undefined)
    parts.schedule = oneOf(schedule, '--schedule', ['falling', 'constant', 'cosine', 'step'] as const);
  if (labelSmoothing !== undefined) parts.labelSmoothing = number(labelSmoothing, '--label-smoothing', 0, 0.5);
  const { learningRate, batch, patience, augment, quantisation, prune, from } = options;
  if (learningRate !== undefined) parts.learningRate = number(learningRate, '--learning-rate', 1e-7, 10);
  if (batch !== undefined) parts.batchSize = whole(batch, '--batch', 1, 4096);
  if (patience !== undefined) parts.patience = whole(patience, '--patience', 0, 10_000);
  if (augment === false) parts.augment = false;
  if (quantisation !== undefined) {
    const chosen = oneOf(quantisation, '--quantisation', quantisations);
    parts.quantisation = chosen === 'after-training' ? 'afterTraining' : chosen;
  }
  if (prune !== undefined) parts.prune = parsePrune(prune);
  if (from !== undefined) parts.transfer = from === 'none' ? null : { from };
  return parts;
}

export function scoreLine(report: ScoreReport): string {
  return `${report.engine.padEnd(6)} ${percent(report.accuracy)} of ${report.count} windows, ${percent(report.captureAccuracy)} of ${report.captureCount} captures`;
}

export function trainLines(report: TrainReport): string[] {
  return [
    `Trained in ${report.trainSeconds.toFixed(2)} s (features ${report.featureSeconds.toFixed(2)} s) with ${report.engine}.`,
    report.validationRows > 0
      ? `${report.trainingRows} windows for training, ${report.validationRows} kept aside at first to watch it, split by ${report.splitBy}; best epoch ${report.bestEpoch} of ${report.history.length}.`
      : `${report.trainingRows} windows for training, ${report.history.length} epochs.`,
    `${report.parameters} parameters, ${report.macs} multiply-accumulates, ${bytes(report.tfliteBytes)} as int8 .tflite.`,
    ...(report.float ? [scoreLine(report.float)] : []),
    ...(report.int8 ? [scoreLine(report.int8)] : []),
  ];
}

/** Rows are for `test`; here they would drown the figures. */
export function withoutRows(report: TrainReport): object {
  const slim = (score: ScoreReport | null) => (score ? { ...score, rows: undefined } : null);
  return { ...report, float: slim(report.float), int8: slim(report.int8) };
}

function show(output: Output, progress: TrainProgress): void {
  switch (progress.phase) {
    case 'features':
      return output.progress({ step: 'Computing features', done: progress.done, total: progress.total });
    case 'epoch': {
      const { epoch, epochs, loss, accuracy, validationAccuracy } = progress.epoch;
      const step = `loss ${loss.toFixed(3)}, accuracy ${percent(accuracy)}, on the watch rows ${percent(validationAccuracy)}, epoch`;
      return output.progress({ step, done: epoch, total: epochs });
    }
    case 'refit':
      return output.progress({ step: 'Once more with everybody, epoch', done: progress.epoch, total: progress.epochs });
    case 'prune':
    case 'aware': {
      const step = progress.phase === 'prune' ? 'Pruning, epoch' : 'Training with int8 in view, epoch';
      return output.progress({ step, done: progress.epoch, total: progress.epochs });
    }
    case 'quantise':
      return output.progress({ step: 'Shrinking to int8', done: 0, total: 0 });
    case 'evaluate':
      return output.progress({ step: 'Scoring', done: progress.done, total: progress.total });
    case 'resumed':
      return output.say(`Going on after ${progress.history.length} epochs.`);
    default:
  }
}

async function train(context: Context, options: TrainOptions): Promise<void> {
  const settings = settingsFrom(options);
  context.catchInterrupt();
  await context.withProject(async (project) => {
    const model = await trainProject(project, {
      signal: context.signal,
      settings,
      resume: options.continue,
      onTrain: (progress) => show(context.output, progress),
    });
    for (const warning of model.report.warnings) context.output.warn(warning);
    context.output.result(withoutRows(model.report), trainLines(model.report));
  });
}

export function addTrainVerb(root: Command): void {
  root
    .command('train')
    .description('train, shrink to int8, score on the held-out captures; options hold for this run only')
    .option('--engine <engine>', 'core or tensorflow')
    .option('--seed <n>')
    .option('--epochs <n>')
    .option('--threads <n>', '0 = one per core')
    .option('--model <kind>', modelNames.join(', '))
    .option('--size <size>', sizeNames.join(', '))
    .option('--head <head>', 'softmax, or one-vs-rest where "none of these" must be an answer')
    .option('--optimiser <name>', 'adam, adamw or sgd (with momentum 0.9)')
    .option('--schedule <name>', 'of the learning rate: falling, constant, cosine or step')
    .option('--learning-rate <x>')
    .option('--label-smoothing <x>', '0 to 0.5')
    .option('--batch <n>', 'windows per step')
    .option('--patience <n>', 'stop when no better for so many epochs; 0 = never')
    .option('--no-augment', 'train on the recordings as they are')
    .option('--quantisation <how>', 'auto, after-training or aware')
    .option('--prune <what>', pruneForms)
    .option('--from <path>', 'begin with the layers of another project, or of a Keras or TensorFlow.js model file')
    .option('--continue', 'go on where a cancelled training ended')
    .action((options: TrainOptions, command: Command) => train(Context.of(command), options));
}
