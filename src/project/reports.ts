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

export interface TrainSettings {
  readonly engine: 'core' | 'tensorflow';
  readonly model: 'auto' | 'dense' | 'conv1d';
  readonly size: 'small' | 'medium' | 'large';
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly seed: number;
  readonly threads: number;
  readonly patience: number;
  readonly augment: boolean;
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
