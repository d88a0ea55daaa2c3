/** What travels into a board's model slot (firmware/MODEL_SLOT.md), in the app's own terms. */
import type { AnomalyDetector, DspBlock, Normalisation, Picture, WindowShape } from '../core';

/** How the board turns scores into an answer; travels in the manifest. */
export interface LiveSettings {
  /** 0 to 1. */
  readonly threshold: number;
  /** How many results are averaged; 1 = none. */
  readonly smoothing: number;
  /** A label that was reported is not reported again for so many results; default 0. */
  readonly suppress?: number | undefined;
  /** 0 to 1, one per label, in place of `threshold`. */
  readonly thresholds?: readonly number[] | undefined;
}

/**
 * What the model's output means: one probability per label that sum to 1; yes or no for each label by itself; a grid of
 * cells with 1 + labels scores each; or nothing that names a label: then only the anomaly section answers, the
 * .tflite is an autoencoder or there is none, and what is not unusual is label 0.
 */
export type OutputHead = 'classes' | 'oneVsRest' | 'objects' | 'none';

export interface ModelManifest {
  readonly name: string;
  readonly labels: readonly string[];
  readonly sensor: 'motion' | 'audio' | 'camera';
  readonly axes: readonly string[];
  readonly units: readonly string[];
  readonly shape: WindowShape;
  readonly strideFrames: number;
  readonly block: DspBlock;
  readonly normalisation: Normalisation;
  readonly live: LiveSettings;
  /** Default 'classes'. */
  readonly head?: OutputHead | undefined;
  readonly anomaly?: AnomalyDetector | undefined;
  /** RAM for the model's tensors and bookkeeping: CoreModel's arenaBytes + persistentBytes. */
  readonly arenaBytes: number;
}

/** What the model must answer, run on the board before the model is committed. */
export interface GoldenVector {
  /** frames * axes sensor values in physical units: also proves the features. Left out of most to save flash. */
  readonly window?: Float32Array | undefined;
  /** Or, of a microphone, raw frames that are repeated until the window is full. */
  readonly sound?: Int16Array | undefined;
  /** Or, of a camera, a picture of any size. */
  readonly picture?: Picture | undefined;
  /** The model's input; empty where there is no model. An image of version 2 keeps its CRC only, beside one of those above. */
  readonly input: Int8Array;
  /** CRC-32 of the input, where it is known and the input is not. */
  readonly inputCrc?: number | undefined;
  /** All that the model puts out; empty where there is no model. */
  readonly output: Int8Array;
  /** score / threshold, where there is an anomaly section and one of the above to compute it from. */
  readonly score?: number | undefined;
}

export interface DeployProgress {
  readonly phase: 'erase' | 'write' | 'verify' | 'commit' | 'start';
  readonly bytes: number;
  readonly total: number;
}

export interface DeployReport {
  readonly slot: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly bytesPerSecond: number;
  readonly goldenVectors: number;
  readonly selfTestMicros: number;
}

export type * from './firmware/types';
