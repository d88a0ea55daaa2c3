/** The interface every training engine stands behind, and the data that crosses it. */
import type { LongWork } from '../base';
import type { ModelSpec, ModelWeights } from '../model';

export interface LabelledRows {
  readonly count: number;
  /** count * product(spec.input) values, already normalised. */
  readonly x: Float32Array;
  /** Class index per row. */
  readonly y: Int32Array;
}

export interface TrainOptions extends LongWork {
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly seed: number;
  /** Worker threads; the result is the same to the bit for any number. 0 = one per core. */
  readonly threads: number;
  /** One per class; default all 1. */
  readonly classWeights?: readonly number[];
  /** Stop when validation loss has not improved for so many epochs, and keep the best weights; 0 = never, and keep the last. */
  readonly patience: number;
  readonly augmentation?: Augmentation | undefined;
  readonly onEpoch?: ((epoch: EpochReport) => void) | undefined;
  /** Default 'adam'; 'sgd' is plain gradient descent, for cross-checks. */
  readonly optimiser?: 'adam' | 'sgd' | undefined;
  /** Default 'falling': linearly to a tenth of the learning rate over the epochs. */
  readonly schedule?: 'constant' | 'falling' | undefined;
  /** Batches that an epoch has at least: a small set is gone through several times. Default 10. */
  readonly leastSteps?: number | undefined;
  /** Weights to begin with instead of fresh ones. */
  readonly initial?: ModelWeights | undefined;
}

/** For windows of motion, [time, axes]: applied to training rows only, from the seeded generator. */
export interface Augmentation {
  /** Standard deviation of added noise, in normalised units. */
  readonly jitter: number;
  /** Largest relative change of amplitude, e.g. 0.2. */
  readonly scale: number;
  /** Largest shift in time, as a fraction of the window. */
  readonly shift: number;
  /** Largest change of speed, as a fraction. */
  readonly warp: number;
  /** Largest turn about each axis, in radians: another grip. Applied to every three axes, as accelerometers and gyroscopes have them. */
  readonly rotation: number;
  /** Standard deviation of a constant added to each axis, in normalised units: another tilt. */
  readonly offset: number;
}

export interface EpochReport {
  /** 1-based. */
  readonly epoch: number;
  readonly epochs: number;
  readonly loss: number;
  readonly accuracy: number;
  /** NaN without validation rows. */
  readonly validationLoss: number;
  readonly validationAccuracy: number;
  readonly seconds: number;
}

export interface TrainResult {
  readonly weights: ModelWeights;
  readonly history: readonly EpochReport[];
  /** The epoch whose weights were kept, 1-based. */
  readonly bestEpoch: number;
  readonly stopped: 'finished' | 'early' | 'cancelled';
}

export interface TrainEngine {
  readonly id: 'core' | 'tensorflow';
  /** A sentence: which engine, with what behind it ("core, WebAssembly SIMD, 2 threads"). */
  describe(): Promise<string>;
  train(
    spec: ModelSpec,
    training: LabelledRows,
    validation: LabelledRows | undefined,
    options: TrainOptions,
  ): Promise<TrainResult>;
  /** Rows in, count * outputs values out (softmax probabilities for a classifier). */
  predict(spec: ModelSpec, weights: ModelWeights, x: Float32Array, count: number): Promise<Float32Array>;
  /** Loss and gradients of one batch at given weights, no update and no dropout: for cross-checks. */
  gradients(
    spec: ModelSpec,
    weights: ModelWeights,
    rows: LabelledRows,
  ): Promise<{ loss: number; gradients: ModelWeights }>;
  close(): Promise<void>;
}
