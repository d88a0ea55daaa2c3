/** What features, training and testing tell: the larger answers of the contract. Pure: no Node, no DOM. */
import type { VariantReport } from '../compress/types';
import type { EpochReport } from '../train/engine';

export interface FeaturePreview {
  readonly windows: number;
  readonly featureNames: readonly string[];
  readonly values: readonly number[];
  readonly label: string;
  readonly scratchBytes: number;
  /** Measured on this computer, not on a board. */
  readonly featureMicros: number;
  /** What the model sees, as a picture: a spectrogram [frames][bins] or the resized image; values 0 to 1, interleaved. */
  readonly picture?:
    | { readonly rows: number; readonly columns: number; readonly channels: number; readonly values: readonly number[] }
    | undefined;
}

/** One scored window, or one whole capture (majority of its windows by mean probability). */
export interface ScoredRow {
  readonly captureId: string;
  readonly start: number;
  readonly truth: number;
  /** -1 = none of the labels (one-vs-rest only). */
  readonly predicted: number;
  /** Of the answer; of the likeliest label where the answer is none. */
  readonly score: number;
}

/** Of one label, or of all of them together: things that lie in pictures, matched with what was found. */
export interface ObjectScore {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Things that are there, and things that were found. */
  readonly count: number;
  readonly found: number;
}

/** A found thing: its centre as a fraction of the picture, from the top left. */
export interface FoundObject {
  readonly label: string;
  readonly score: number;
  readonly x: number;
  readonly y: number;
}

/** How well things are found in held-out pictures: see `matchCentroids` in src/model for what counts as found. */
export interface ObjectsReport extends ObjectScore {
  /** Without the background. */
  readonly perLabel: readonly (ObjectScore & { readonly label: string })[];
  /** Mean over the pictures of |found - there| / there; pictures that show nothing are left out. */
  readonly countError: number;
  /** One per scored picture, in the order of `rows`. */
  readonly pictures: readonly {
    readonly captureId: string;
    readonly found: readonly (FoundObject & { readonly right: boolean })[];
    /** Numbers of the capture's boxes that nothing was found in. */
    readonly missed: readonly number[];
  }[];
}

/** How many windows score in each of equally wide steps from `low` to `high`; what lies outside counts in the last ones. */
export interface AnomalyHistogram {
  readonly low: number;
  readonly high: number;
  readonly counts: readonly number[];
}

/** What is unusual, told by one number per window. */
export interface AnomalyReport {
  readonly kind: Exclude<TrainSettings['anomaly']['kind'], 'none'>;
  /** What the model was learned from. */
  readonly normal: readonly string[];
  /** A window that scores above it is called anomalous. */
  readonly threshold: number;
  /** Share of held-out normal windows that lie below the threshold by its making. */
  readonly quantile: number;
  /** Chance that an anomalous window scores above a normal one; NaN where the held-out captures are all of one kind. */
  readonly auc: number;
  /** Share of the normal windows that are called anomalous, and of the others; NaN where there are none. */
  readonly falseAlarms: number;
  readonly caught: number;
  /** Score / threshold of each scored window, in the order of `rows`. */
  readonly scores: readonly number[];
}

export interface AnomalyView extends Pick<AnomalyReport, 'kind' | 'threshold' | 'quantile' | 'normal'> {
  /** Scores of the normal windows that the threshold was set on. */
  readonly histogram: AnomalyHistogram;
  /** Everything else there is, by label, in the same steps. */
  readonly others: readonly { readonly label: string; readonly histogram: AnomalyHistogram; readonly caught: number }[];
}

/** Microseconds of one inference on a board, means of several. */
export interface BoardTimes {
  readonly dspMicros: number;
  readonly modelMicros: number;
  readonly layers: readonly { readonly operator: string; readonly micros: number }[];
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
  /** Per truth: windows answered with "none of these"; all 0 where the model has no such answer. */
  readonly rejected: readonly number[];
  readonly perLabel: readonly {
    readonly label: string;
    readonly precision: number;
    readonly recall: number;
    readonly f1: number;
    readonly count: number;
  }[];
  readonly rows: readonly ScoredRow[];
  /** Only for 'device': windows of which any byte of the model's input or output differs from the app's. */
  readonly mismatches: number;
  /** Only for 'device': windows sent as raw sound or pixels, so that the features are the board's own too. */
  readonly sensed?: number | undefined;
  readonly microsPerInference: number;
  /** Only for 'device': what the board took for features and model, and for each operator where it can say. */
  readonly measured?: BoardTimes | undefined;
  /** Of a model that finds things in pictures; `rows` and `confusion` then speak of pictures by their largest thing. */
  readonly objects?: ObjectsReport | undefined;
  /** Of a model that knows what is usual. Without a classifier beside it, `labels` are the normal and "anomaly". */
  readonly anomaly?: AnomalyReport | undefined;
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
  | { readonly kind: 'filters'; readonly by: 'share'; readonly target: number }
  | { readonly kind: 'filters'; readonly by: 'bytes' | 'macs'; readonly target: number }
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
  /**
   * What is unlike all that was learned is called anomalous. 'none': everything gets a label. `clusters`: of k-means and
   * of the mixture. `quantile`: share of held-out normal windows that shall count as normal. `normal`: labels learned
   * from; undefined = all labels beside a classifier, the most frequent one in an anomaly project.
   */
  readonly anomaly: {
    readonly kind: 'none' | 'kmeans' | 'mixture' | 'autoencoder';
    readonly clusters: number;
    readonly quantile: number;
    readonly normal?: readonly string[] | undefined;
  };
  /** Another Dormouse project's folder, or a Keras or TensorFlow.js model file, whose first layers are kept. */
  readonly transfer: { readonly from: string } | null;
}

/** What may be chosen for a project as it is now. */
export interface TrainChoices {
  /** What 'auto' stands for; undefined where there are no captures yet to see the shape of. */
  readonly suggested: Exclude<TrainSettings['model'], 'auto'> | 'fomo' | undefined;
  /** The models that suit, each with a sentence on when to use it, by size. */
  readonly models: readonly {
    readonly kind: (typeof modelKinds)[number];
    readonly advice: Readonly<Record<ModelSize, string>>;
  }[];
  /**
   * The chosen model as int8, before anything is pruned: what a target for pruning is measured against. Null where the
   * model cannot be built (yet). Milliseconds of one answer on the board that was asked about, NaN without one.
   */
  readonly cost: {
    readonly parameters: number;
    readonly macs: number;
    readonly bytes: number;
    readonly latencyMs: number;
  } | null;
  /** Epochs done of a cancelled training that can be continued, with the data and settings as they were; else null. */
  readonly unfinished: { readonly epoch: number; readonly epochs: number } | null;
}

/** One form of the trained model: as trained, pruned, and the int8 made of either. */
export interface CompressionVariant extends Pick<
  VariantReport,
  'bytes' | 'deflatedBytes' | 'arenaBytes' | 'macs' | 'parameters' | 'zeroShare' | 'layers' | 'worst'
> {
  readonly id: 'float' | 'int8' | 'pruned' | 'prunedInt8' | 'aware';
  /** The one that goes on the board. */
  readonly used: boolean;
  readonly accuracy: number;
  /** Mean F1 of all labels, each counting the same. */
  readonly macroF1: number;
  readonly perLabel: ScoreReport['perLabel'];
  /** Windows whose answer is not that of the float model before shrinking. */
  readonly flipped: readonly { readonly captureId: string; readonly start: number; readonly truth: number }[];
}

export interface CompressionReport {
  /** Held-out windows that all of them were scored on. */
  readonly count: number;
  readonly labels: readonly string[];
  readonly variants: readonly CompressionVariant[];
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
  /** How the int8 numbers came about: rounded after training, or trained with the rounding in view. */
  readonly quantisation: 'afterTraining' | 'aware';
  /** On the held-out (testing) captures, before anything was shrunk and as it goes on the board; null where there are none. */
  readonly float: ScoreReport | null;
  readonly int8: ScoreReport | null;
  /** Each step of shrinking on the same held-out windows; null where there are none. */
  readonly compression: CompressionReport | null;
  readonly warnings: readonly string[];
}

/**
 * 'resumed': a cancelled training goes on, with the epochs it had. 'refit': the second training, with everybody.
 * 'prune', 'aware': what follows on the trained model; rounds and seconds of this part.
 */
export type TrainProgress =
  | { readonly phase: 'features'; readonly done: number; readonly total: number }
  | { readonly phase: 'resumed'; readonly history: readonly EpochReport[] }
  | { readonly phase: 'epoch'; readonly epoch: EpochReport; readonly secondsLeft: number }
  | {
      readonly phase: 'refit' | 'prune' | 'aware';
      readonly epoch: number;
      readonly epochs: number;
      readonly secondsLeft: number;
    }
  | { readonly phase: 'quantise' }
  | { readonly phase: 'evaluate'; readonly done: number; readonly total: number }
  | { readonly phase: 'finished' | 'cancelled' }
  | { readonly phase: 'failed'; readonly problem: string; readonly action: string };
