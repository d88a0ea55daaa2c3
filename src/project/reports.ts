/** What features, training and testing tell: the larger answers of the contract. Pure: no Node, no DOM. */
import type { EpochReport } from '../train/engine';

export interface FeaturePreview {
  readonly windows: number;
  readonly featureNames: readonly string[];
  readonly values: readonly number[];
  readonly label: string;
  readonly scratchBytes: number;
  /** Measured on this computer, not on a board. */
  readonly featureMicros: number;
}

/** One scored window, or one whole capture (majority of its windows by mean probability). */
export interface ScoredRow {
  readonly captureId: string;
  readonly start: number;
  readonly truth: number;
  readonly predicted: number;
  readonly score: number;
}

export interface ScoreReport {
  readonly engine: 'float' | 'int8' | 'device';
  /** Held-out windows. */
  readonly count: number;
  readonly accuracy: number;
  /** Per capture: the label with the highest mean probability over its windows. */
  readonly captureCount: number;
  readonly captureAccuracy: number;
  readonly labels: readonly string[];
  /** confusion[truth][predicted], counts of windows. */
  readonly confusion: readonly (readonly number[])[];
  readonly perLabel: readonly {
    readonly label: string;
    readonly precision: number;
    readonly recall: number;
    readonly f1: number;
    readonly count: number;
  }[];
  readonly rows: readonly ScoredRow[];
  /** Only for 'device': windows whose int8 output differs from the app's in any byte. */
  readonly mismatches: number;
  readonly microsPerInference: number;
}

/** Models that tell labels apart; which of them suit a project says `train.choices`. */
export const modelKinds = ['dense', 'conv1d', 'conv2d', 'dscnn', 'mobilenetv1', 'mobilenetv2', 'resnet8'] as const;
export type ModelSize = 'small' | 'medium' | 'large';

/** Making the model smaller beyond int8. */
export type PruneSettings =
  | { readonly kind: 'none' }
  /** Weights set to zero: the same work on the board, but a file that packs better. `target` is a share of them. */
  | { readonly kind: 'synapses'; readonly by: 'share'; readonly target: number }
  /** Whole neurons and filters taken out: really less of everything. A share of them, or what must be reached. */
  | { readonly kind: 'filters'; readonly by: 'share' | 'bytes' | 'macs'; readonly target: number }
  | { readonly kind: 'filters'; readonly by: 'latency'; readonly target: number; readonly board: string };

export interface TrainSettings {
  readonly engine: 'core' | 'tensorflow';
  readonly model: 'auto' | (typeof modelKinds)[number];
  readonly size: ModelSize;
  /** 'oneVsRest': each label is asked by itself, so that "none of these" is an answer. */
  readonly head: 'softmax' | 'oneVsRest';
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly optimiser: 'adam' | 'adamw' | 'sgd';
  /** Of the learning rate. 'step': to a third after each third of the epochs. */
  readonly schedule: 'falling' | 'constant' | 'cosine' | 'step';
  readonly labelSmoothing: number;
  readonly seed: number;
  readonly threads: number;
  readonly patience: number;
  readonly augment: boolean;
  /** 'auto': trained on with int8 in view only where int8 costs more than half a percent on the rows that watch. */
  readonly quantisation: 'auto' | 'afterTraining' | 'aware';
  readonly prune: PruneSettings;
  /** Another Dormouse project's folder, or a Keras or TensorFlow.js model file, whose first layers are kept. */
  readonly transfer: { readonly from: string } | null;
}

/** What may be chosen for a project as it is now. */
export interface TrainChoices {
  /** What 'auto' stands for; undefined where there are no captures yet to see the shape of. */
  readonly suggested: TrainSettings['model'] | undefined;
  /** The models that suit, each with a sentence on when to use it, by size. */
  readonly models: readonly {
    readonly kind: (typeof modelKinds)[number];
    readonly advice: Readonly<Record<ModelSize, string>>;
  }[];
  /** Epochs done of a cancelled training that can be continued, with the data and settings as they were; else null. */
  readonly unfinished: { readonly epoch: number; readonly epochs: number } | null;
}

export interface TrainReport {
  readonly engine: string;
  readonly settings: TrainSettings;
  readonly labels: readonly string[];
  readonly trainingRows: number;
  /** Of the training rows; 0 where the captures held out for testing drew the curves and nothing was chosen by them. */
  readonly validationRows: number;
  readonly testingRows: number;
  /** What stayed whole when some of the training captures were kept aside to watch training. */
  readonly splitBy: 'person' | 'session' | 'capture';
  /** What the testing captures have nothing of in common with the training captures: all that the score may claim. */
  readonly testedOn: 'person' | 'session' | 'capture';
  readonly history: readonly EpochReport[];
  readonly bestEpoch: number;
  readonly stopped: 'finished' | 'early' | 'cancelled';
  readonly parameters: number;
  readonly macs: number;
  readonly tfliteBytes: number;
  readonly tfliteSha256: string;
  readonly featureSeconds: number;
  readonly trainSeconds: number;
  /** On the held-out (testing) captures; null where there are none. */
  readonly float: ScoreReport | null;
  readonly int8: ScoreReport | null;
  readonly warnings: readonly string[];
}

export type TrainProgress =
  | { readonly phase: 'features'; readonly done: number; readonly total: number }
  | { readonly phase: 'epoch'; readonly epoch: EpochReport; readonly secondsLeft: number }
  /** The second training, with everybody; rounds and seconds of this part. */
  | { readonly phase: 'refit'; readonly epoch: number; readonly epochs: number; readonly secondsLeft: number }
  | { readonly phase: 'quantise' | 'evaluate' }
  | { readonly phase: 'finished' | 'cancelled' }
  | { readonly phase: 'failed'; readonly problem: string; readonly action: string };
