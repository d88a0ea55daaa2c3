/**
 * The training loop of the core engine: epochs, order of the rows, augmentation, pruning, early stopping. Every random
 * choice comes from one seeded generator. Runs wherever a Machine does: in a worker, or yielding in the caller's process.
 */
import { Random } from '../base';
import { resolveModel, type ModelSpec, type ResolvedLayer } from '../model';
import { augmentShapeOf, cellSizeOf, drawAugmentation, type AugmentShape, type CellSize } from './augment';
import { BestEpoch } from './best';
import { checkpointOf, identityOf, stateOf, type LoopState } from './checkpoint';
import { adam, defaultWeightDecay } from './defaults';
import type { Augmentation, EpochReport, TrainOptions, TrainResult } from './engine';
import { TrainError } from './errors';
import { augmentKinds, optimisers, type Values } from './layout';
import type { Machine } from './machine';
import type { PlannedRows } from './plan';
import { batchesOf, learningRateAt, passesOf } from './schedule';
import { maskByMagnitude, prunedLayers, shareAt } from './sparsity';

/** The part of TrainOptions that can cross to a worker. */
export type LoopOptions = Omit<TrainOptions, 'signal' | 'onProgress' | 'onEpoch'>;

export interface LoopHooks {
  cancelled(): boolean;
  epoch(report: EpochReport): void;
  /** Called after each batch; may give way to the caller's event loop. */
  pause(): Promise<void> | undefined;
}

export interface Score {
  /** Mean over the rows. */
  loss: number;
  accuracy: number;
}

const divergence = () =>
  new TrainError(
    'diverged',
    'Training failed: the numbers grew without bound.',
    'Choose a smaller learning rate, or look for broken captures among the recordings.',
  );

/** Tells the kernels what normalisation took away, where motion is to be turned with gravity. */
export function axisUnits(augmentation: Augmentation, { plan, floats }: Machine): Values {
  if (augmentation.kind !== 'motion' || !augmentation.units) return { axisMean: 0, axisDeviation: 0 };
  const { mean, deviation } = augmentation.units;
  floats.set(mean, plan.axisUnits / 4);
  floats.set(deviation, plan.axisUnits / 4 + mean.length);
  return { axisMean: plan.axisUnits, axisDeviation: plan.axisUnits + mean.length * 4 };
}

export class TrainingLoop {
  private readonly random: Random;
  private readonly layers: readonly ResolvedLayer[];
  private readonly shape: AugmentShape;
  private readonly cell: CellSize;
  /** Answers per row that can be right or wrong; 0 where values are learned. */
  private readonly answersPerRow: number;
  private readonly batches: readonly (readonly [number, number])[];
  // What changes from step to step, beside what lies in the machine's memory; see LoopState.
  private epoch = 1;
  private batchesDone = 0;
  private loss = 0;
  private correct = 0;
  /** Adam's betas to the power of the steps done, by running products: Math.pow may differ between machines. */
  private powers: [number, number] = [1, 1];
  private history: EpochReport[] = [];
  private readonly keeper: BestEpoch;

  constructor(
    private readonly machine: Machine,
    private readonly options: LoopOptions,
    private readonly hooks: LoopHooks,
    private readonly spec: ModelSpec,
  ) {
    this.random = new Random(options.seed);
    this.layers = resolveModel(spec);
    this.shape = augmentShapeOf(spec.input);
    this.cell = cellSizeOf(spec.input, this.layers[this.layers.length - 1].outputShape);
    const { plan } = machine;
    this.keeper = new BestEpoch(options, plan.validation.count > 0);
    this.answersPerRow = plan.jobValues['labelsPerRow'];
    const passes = passesOf(plan.training.count, options);
    this.batches = Array.from({ length: passes }, () => batchesOf(plan.training.count, plan.batch)).flat();
    machine.setWeights(spec, options.initial, this.random.uint32());
    if (options.classWeights) machine.floats.set(options.classWeights, plan.classWeights / 4);
    options.masks?.forEach((mask, layer) => mask && machine.pin(layer, mask));
    if (options.resume) this.restore(stateOf(options.resume, spec, plan));
  }

  async run(): Promise<TrainResult> {
    let stopped: TrainResult['stopped'] = 'finished';
    for (; this.epoch <= this.options.epochs; this.epoch++) {
      const report = await this.runEpoch();
      if (!report) {
        stopped = 'cancelled';
        break;
      }
      this.history.push(report);
      this.hooks.epoch(report);
      if (this.keeper.note(report, () => this.machine.weights(this.layers.length))) {
        stopped = 'early';
        break;
      }
      this.batchesDone = this.loss = this.correct = 0;
    }
    const { best } = this.keeper;
    const weights = best?.weights ?? this.machine.weights(this.layers.length);
    if (weights.some((layer) => Object.values(layer).some((values: Float32Array) => !values.every(Number.isFinite))))
      throw divergence();
    const result = { weights, history: this.history, bestEpoch: best?.epoch ?? 0, stopped };
    return stopped === 'cancelled' ? { ...result, checkpoint: checkpointOf(this.save()) } : result;
  }

  /** undefined when cancelled. */
  private async runEpoch(): Promise<EpochReport | undefined> {
    const began = performance.now();
    const { validation } = this.machine.plan;
    const training = await this.train();
    const held = training && validation.count ? await this.evaluate(validation) : { loss: NaN, accuracy: NaN };
    if (!training || !held) return undefined;
    return {
      epoch: this.epoch,
      epochs: this.options.epochs,
      ...training,
      validationLoss: held.loss,
      validationAccuracy: held.accuracy,
      seconds: (performance.now() - began) / 1000,
    };
  }

  private score(loss: number, correct: number, rows: number): Score {
    return { loss: loss / rows, accuracy: this.answersPerRow ? correct / (rows * this.answersPerRow) : NaN };
  }

  /** The training rows in a new order, several times if they are few; undefined when cancelled. */
  private async train(): Promise<Score | undefined> {
    const { machine, hooks } = this;
    const { training } = machine.plan;
    const order = machine.orderOf(training);
    for (; this.batchesDone < this.batches.length; this.batchesDone++) {
      if (hooks.cancelled()) return undefined;
      if (this.batchesDone === 0) this.prune();
      const [from, count] = this.batches[this.batchesDone];
      if (from === 0) this.random.shuffle(order);
      const result = machine.run({ mode: 'train', rows: training, from, count, settings: this.settings(count) });
      this.loss += result.loss;
      this.correct += result.correct;
      if (!Number.isFinite(this.loss)) throw divergence();
      const pause = hooks.pause();
      if (pause) await pause;
    }
    const passes = passesOf(training.count, this.options);
    return this.score(this.loss, this.correct, training.count * passes);
  }

  /** What the kernels are told of one step. */
  private settings(count: number): Values {
    const { options, powers } = this;
    const { optimiser = 'adam' } = options;
    this.powers = [powers[0] * adam.beta1, powers[1] * adam.beta2];
    const noiseSeed = this.random.uint32();
    return {
      noiseSeed,
      ...this.augmentation(count),
      smoothing: options.labelSmoothing ?? 0,
      optimiser: optimisers[optimiser],
      momentumRate: options.momentum ?? 0,
      weightDecay: optimiser === 'adamw' ? (options.weightDecay ?? defaultWeightDecay) : 0,
      learningRate: learningRateAt(options, this.epoch),
      ...adam,
      correction1: 1 - this.powers[0],
      correction2: 1 - this.powers[1],
    };
  }

  private augmentation(count: number): Values {
    const { augmentation } = this.options;
    if (!augmentation) return { augment: 0 };
    const { plan, floats } = this.machine;
    floats.set(drawAugmentation(augmentation, this.shape, count, this.random, this.cell), plan.augment / 4);
    return {
      augment: plan.augment,
      augmentKind: augmentKinds[augmentation.kind],
      ...axisUnits(augmentation, this.machine),
    };
  }

  /** Loss and accuracy on held-out rows, no dropout, no augmentation, moving statistics; undefined when cancelled. */
  private async evaluate(rows: PlannedRows): Promise<Score | undefined> {
    let loss = 0;
    let correct = 0;
    for (const [from, count] of batchesOf(rows.count, this.machine.plan.batch)) {
      if (this.hooks.cancelled()) return undefined;
      const settings = { smoothing: this.options.labelSmoothing ?? 0 };
      const result = this.machine.run({ mode: 'evaluate', rows, from, count, settings });
      loss += result.loss;
      correct += result.correct;
      const pause = this.hooks.pause();
      if (pause) await pause;
    }
    return this.score(loss, correct, rows.count);
  }

  /** At the beginning of an epoch: as many zeros as it is to have. */
  private prune(): void {
    const { sparsity } = this.options;
    if (!sparsity || this.epoch < sparsity.fromEpoch) return;
    const share = shareAt(sparsity, this.epoch);
    for (const layer of prunedLayers(sparsity, this.layers, this.options.frozen)) {
      const kernel = this.machine.kernelOf(layer);
      if (kernel) this.machine.pin(layer, maskByMagnitude(kernel, share));
    }
  }

  private save(): LoopState {
    const { machine } = this;
    return {
      of: identityOf(this.spec, machine.plan),
      epoch: this.epoch,
      batchesDone: this.batchesDone,
      loss: this.loss,
      correct: this.correct,
      random: this.random.save(),
      powers: this.powers,
      order: machine.orderOf(machine.plan.training).slice(),
      ...machine.save(),
      history: this.history,
      best: this.keeper.best,
    };
  }

  private restore(state: LoopState): void {
    this.epoch = state.epoch;
    this.batchesDone = state.batchesDone;
    this.loss = state.loss;
    this.correct = state.correct;
    this.random.restore(state.random);
    this.powers = [...state.powers];
    this.machine.orderOf(this.machine.plan.training).set(state.order);
    this.machine.restore(state);
    this.history = [...state.history];
    this.keeper.best = state.best;
  }
}
