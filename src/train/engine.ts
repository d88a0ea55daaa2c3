/** The interface every training engine stands behind, and the data that crosses it. */
import type { LongWork } from '../base';
import type { ModelSpec, ModelWeights } from '../model';
import type { FakeQuantisation } from './fake-quantisation';

/**
 * What is learned, as the model's last layer says: `classification` (softmax over a flat list: which one),
 * `cells` (softmax over the classes of each cell of [h, w, classes]: what is where; class 0 is the background),
 * `oneVsRest` (sigmoid per label: which one, or none of them), `regression` (anything else: values, by mean squared error).
 */
export type Objective = 'classification' | 'cells' | 'oneVsRest' | 'regression';

export interface LabelledRows {
  readonly count: number;
  /** count * product(spec.input) values, already normalised. */
  readonly x: Float32Array;
  /** Class index per row (`oneVsRest`: -1 = none of the labels); per cell for `cells` (count * h * w); empty for `regression`. */
  readonly y: Int32Array;
  /** `regression`: count * outputs values, or the rows themselves as they are before augmentation (an autoencoder). */
  readonly targets?: Float32Array | 'input' | undefined;
}

export interface TrainOptions extends LongWork {
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly seed: number;
  /** Worker threads; the result is the same to the bit for any number. 0 = one per core. */
  readonly threads: number;
  /** One per class; default all 1. With `oneVsRest` they weigh whole rows, and rows of no label count 1. */
  readonly classWeights?: readonly number[];
  /**
   * Stop when validation loss has not improved for so many epochs, and keep the best weights; 0 = never, and keep the
   * last. While `sparsity` still grows no epoch counts as best.
   */
  readonly patience: number;
  readonly augmentation?: Augmentation | undefined;
  readonly onEpoch?: ((epoch: EpochReport) => void) | undefined;
  /** Default 'adam' (Kingma and Ba, 2015); 'adamw' adds decay apart from the gradient (Loshchilov and Hutter, 2019). */
  readonly optimiser?: 'adam' | 'adamw' | 'sgd' | undefined;
  /** Of 'sgd', 0 (default) to below 1: velocity = momentum * velocity - rate * gradient, as in Keras. */
  readonly momentum?: number | undefined;
  /** Of 'adamw', default 0.004 as in Keras: each step takes rate * weightDecay of every kernel value (not of biases). */
  readonly weightDecay?: number | undefined;
  /** 0 (default) to 0.5: so much of each row's certainty is spread over all classes. For `classification` and `cells`. */
  readonly labelSmoothing?: number | undefined;
  /**
   * Default 'falling': linearly to a tenth of the learning rate over the epochs. 'cosine': along half a cosine to 0
   * (Loshchilov and Hutter, 2017, without restarts). Steps: multiplied by `factor` every so many epochs.
   */
  readonly schedule?: Schedule | undefined;
  /** Batches that an epoch has at least: a small set is gone through several times. Default 10. */
  readonly leastSteps?: number | undefined;
  /** Weights to begin with instead of fresh ones. */
  readonly initial?: ModelWeights | undefined;
  /** Layers (indices) whose numbers stay as they are; a frozen batch norm normalises by its moving statistics, as in Keras. */
  readonly frozen?: readonly number[] | undefined;
  readonly sparsity?: Sparsity | undefined;
  /** Per layer, one entry per kernel value: 0 = that value stays at exactly 0. Not together with `sparsity`. */
  readonly masks?: readonly (Uint8Array | undefined)[] | undefined;
  /** Core engine only: go on with a cancelled training to the very bits of one that was not; all else as it was then. */
  readonly resume?: Checkpoint | undefined;
  /** Compute forward as the int8 engine will, so that the weights learn to bear its rounding. Of the core engine only. */
  readonly fakeQuantisation?: FakeQuantisation | undefined;
}

export type Schedule =
  | 'constant'
  | 'falling'
  | 'cosine'
  | { /** Epochs between two steps. */ readonly step: number; readonly factor: number };

/**
 * Gradual pruning by magnitude (Zhu and Gupta, 2017): from epoch `fromEpoch` to `toEpoch` (1-based) the share of zeros
 * in each layer's kernel grows along their cubic curve from 0 to `target` and stays; pruned values are exactly 0.
 */
export interface Sparsity {
  /** Share of the kernel values of each of the layers, 0 to below 1. */
  readonly target: number;
  readonly fromEpoch: number;
  readonly toEpoch: number;
  /** Default: all dense layers and convolutions but depthwise ones, whose few values are worth little memory. */
  readonly layers?: readonly number[] | undefined;
}

/** Where a cancelled training stood. Plain data (structured clone, no functions); its content is the engine's own business. */
export interface Checkpoint {
  readonly version: 1;
  readonly engine: TrainEngine['id'];
  readonly state: unknown;
}

/** Changes to training rows only, from the seeded generator; which ones suit depends on the kind of data. */
export type Augmentation = MotionAugmentation | SpectrogramAugmentation | ImageAugmentation;

/** For spectrograms and other features over time, [frames, bins] or [frames, bins, 1], normalised. */
export interface SpectrogramAugmentation {
  readonly kind: 'spectrogram';
  /** Largest shift in time, as a fraction of the frames; the frame at the end is held. */
  readonly timeShift: number;
  /** Largest loudness change: one offset for the whole row (features are logarithms), in normalised units. */
  readonly gain: number;
  /** Standard deviation of added noise, in normalised units. */
  readonly noise: number;
  /** Largest share of another row of the batch that is mixed in as background. */
  readonly mix: number;
  /** SpecAugment (Park et al., 2019): so many stretches of time (0 to 2), each up to a fraction of the frames, are set to the mean. */
  readonly timeMasks: number;
  readonly timeMaskWidth: number;
  /** The same for bands of frequency (0 to 2), each up to a fraction of the bins. */
  readonly frequencyMasks: number;
  readonly frequencyMaskWidth: number;
}

/** For images, [height, width, channels], normalised. */
export interface ImageAugmentation {
  readonly kind: 'image';
  /** Mirror half of the images left to right. */
  readonly flip: boolean;
  /** Largest shift in each direction, as a fraction of the side; what comes in is 0. */
  readonly crop: number;
  /** Largest offset, in normalised units. */
  readonly brightness: number;
  /** Largest relative change of the distance from the image's own mean. */
  readonly contrast: number;
  /** Standard deviation of added noise, in normalised units. */
  readonly noise: number;
}

/** For windows of motion, [time, axes], normalised. */
export interface MotionAugmentation {
  readonly kind: 'motion';
  /** Standard deviation of added noise, in normalised units. */
  readonly jitter: number;
  /** Largest relative change of amplitude, e.g. 0.2. */
  readonly scale: number;
  /** Largest shift in time, as a fraction of the window. */
  readonly shift: number;
  /** Largest change of speed, as a fraction. */
  readonly warp: number;
  /**
   * Largest turn about each axis, in radians (large ones come out smaller): another grip. Applied to every three axes, as
   * accelerometers and gyroscopes have them.
   */
  readonly rotation: number;
  /**
   * What normalisation took away, per axis: x = (value - mean) / deviation. With it, turns are those of the sensor:
   * gravity turns with the grip. Without, what is left of the values is turned as if gravity stood still.
   */
  readonly units?: { readonly mean: readonly number[]; readonly deviation: readonly number[] } | undefined;
  /** Standard deviation of a constant added to each axis, in normalised units: another tilt. */
  readonly offset: number;
}

export interface EpochReport {
  /** 1-based. */
  readonly epoch: number;
  readonly epochs: number;
  readonly loss: number;
  /**
   * Share of rows that are right, of cells for `cells`; for `oneVsRest` the answer is the likeliest label if it reaches
   * 0.5, else none. NaN for `regression`.
   */
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
  /** Of the core engine, when cancelled: give it as `resume` to go on. */
  readonly checkpoint?: Checkpoint | undefined;
}

/** What gradients() may be told beside the rows. */
export type GradientOptions = Pick<TrainOptions, 'classWeights' | 'labelSmoothing' | 'frozen' | 'fakeQuantisation'>;

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
  /** Rows in, count * outputs values out: probabilities after softmax or sigmoid, else the values themselves. */
  predict(spec: ModelSpec, weights: ModelWeights, x: Float32Array, count: number): Promise<Float32Array>;
  /** Loss and gradients of one batch at given weights, no update and no dropout; none for frozen layers: for cross-checks. */
  gradients(
    spec: ModelSpec,
    weights: ModelWeights,
    rows: LabelledRows,
    options?: GradientOptions,
  ): Promise<{ loss: number; gradients: ModelWeights }>;
  close(): Promise<void>;
}
