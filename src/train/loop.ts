/**
 * The training loop of the core engine: epochs, order of the rows, augmentation, early stopping. Every random choice
 * comes from one seeded generator. Runs wherever a Machine does: in a worker, or yielding in the caller's process.
 */
import { Random } from '../base';
import type { ModelSpec, ModelWeights } from '../model';
import { adam } from './defaults';
import type { Augmentation, EpochReport, TrainOptions, TrainResult } from './engine';
import { TrainError } from './errors';
import type { Machine } from './machine';
import { rotationOf } from './rotation';
import { batchesOf, learningRateAt, passesOf } from './schedule';
import { augmentValues, type PlannedRows } from './plan';

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

interface Best {
  epoch: number;
  loss: number;
  weights: ModelWeights;
}

/** Adam's bias corrections, by running products: Math.pow may differ between machines. */
class Corrections {
  private power1 = 1;
  private power2 = 1;
  next(): { correction1: number; correction2: number } {
    this.power1 *= adam.beta1;
    this.power2 *= adam.beta2;
    return { correction1: 1 - this.power1, correction2: 1 - this.power2 };
  }
}

export class TrainingLoop {
  private readonly random: Random;
  private readonly corrections = new Corrections();
  private readonly layers: number;

  constructor(
    private readonly machine: Machine,
    private readonly options: LoopOptions,
    private readonly hooks: LoopHooks,
    spec: ModelSpec,
  ) {
    this.random = new Random(options.seed);
    this.layers = spec.layers.length;
    machine.setWeights(spec, options.initial, this.random.uint32());
    const { classWeights } = machine.plan;
    if (options.classWeights) machine.floats.set(options.classWeights, classWeights / 4);
  }

  async run(): Promise<TrainResult> {
    const { options, hooks } = this;
    const { validation } = this.machine.plan;
    const history: EpochReport[] = [];
    let best: Best | undefined;
    let stopped: TrainResult['stopped'] = 'finished';
    for (let epoch = 1; epoch <= options.epochs; epoch++) {
      const began = performance.now();
      const training = await this.epoch(epoch);
      const held = training && validation.count ? await this.evaluate(validation) : { loss: NaN, accuracy: NaN };
      if (!training || !held) {
        stopped = 'cancelled';
        break;
      }
      const report = {
        epoch,
        epochs: options.epochs,
        ...training,
        validationLoss: held.loss,
        validationAccuracy: held.accuracy,
        seconds: (performance.now() - began) / 1000,
      };
      history.push(report);
      hooks.epoch(report);
      // Without validation rows, or a wish to stop early, the last weights are the ones to keep.
      const loss = validation.count && options.patience ? held.loss : -epoch;
      if (!best || loss < best.loss) best = { epoch, loss, weights: this.machine.weights(this.layers) };
      if (options.patience && epoch - best.epoch >= options.patience) {
        stopped = 'early';
        break;
      }
    }
    const weights = best?.weights ?? this.machine.weights(this.layers);
    if (weights.some((layer) => Object.values(layer).some((values: Float32Array) => !values.every(Number.isFinite))))
      throw divergence();
    return {
      weights,
      history,
      bestEpoch: best?.epoch ?? 0,
      stopped,
    };
  }

  /** The training rows in a new order, several times if they are few; undefined when cancelled. */
  private async epoch(epoch: number): Promise<Score | undefined> {
    const { machine, options } = this;
    const { training } = machine.plan;
    const order = machine.wholes.subarray(training.order / 4, training.order / 4 + training.count);
    const passes = passesOf(training.count, options);
    const batches = Array.from({ length: passes }, () => batchesOf(training.count, machine.plan.batch)).flat();
    let loss = 0;
    let correct = 0;
    for (const [from, count] of batches) {
      if (from === 0) this.random.shuffle(order);
      if (this.hooks.cancelled()) return undefined;
      const settings = {
        noiseSeed: this.random.uint32(),
        augment: this.drawAugmentation(options.augmentation, count),
        optimiser: options.optimiser === 'sgd' ? 1 : 0,
        learningRate: learningRateAt(options, epoch),
        ...adam,
        ...this.corrections.next(),
      };
      const result = machine.run({ mode: 'train', rows: training, from, count, settings });
      loss += result.loss;
      correct += result.correct;
      if (!Number.isFinite(loss)) throw divergence();
      const pause = this.hooks.pause();
      if (pause) await pause;
    }
    const seen = training.count * passes;
    return { loss: loss / seen, accuracy: correct / seen };
  }

  /** Loss and accuracy on held-out rows, no dropout, no augmentation, moving statistics; undefined when cancelled. */
  private async evaluate(rows: PlannedRows): Promise<Score | undefined> {
    let loss = 0;
    let correct = 0;
    for (const [from, count] of batchesOf(rows.count, this.machine.plan.batch)) {
      if (this.hooks.cancelled()) return undefined;
      const result = this.machine.run({ mode: 'evaluate', rows, from, count });
      loss += result.loss;
      correct += result.correct;
      const pause = this.hooks.pause();
      if (pause) await pause;
    }
    return { loss: loss / rows.count, accuracy: correct / rows.count };
  }

  /** Draws what happens to each row of a batch; returns where the kernels find it, 0 for nothing. */
  private drawAugmentation(augmentation: Augmentation | undefined, count: number): number {
    if (augmentation?.kind !== 'motion') return 0;
    const { plan, floats } = this.machine;
    const frames = plan.jobValues['inputFrames'];
    const moving = frames > 1 ? 1 : 0;
    const within = () => this.random.uniform() * 2 - 1;
    for (let row = 0; row < count; row++) {
      const at = plan.augment / 4 + row * augmentValues;
      floats[at] = 1 + augmentation.scale * within();
      floats[at + 1] = moving * augmentation.shift * frames * within();
      floats[at + 2] = 1 + moving * augmentation.warp * within();
      floats[at + 3] = augmentation.jitter;
      floats[at + 4] = augmentation.offset;
      const turn = [within(), within(), within()].map((part) => (part * augmentation.rotation) / 2);
      floats.set(rotationOf(turn[0], turn[1], turn[2]), at + 5);
    }
    return plan.augment;
  }
}
