/** What travels into a board's model slot (firmware/MODEL_SLOT.md), in the app's own terms. */
import type { DspBlock, Normalisation, WindowShape } from '../core';

/** How the board turns scores into an answer; travels in the manifest. */
export interface LiveSettings {
  /** 0 to 1. */
  readonly threshold: number;
  /** How many results are averaged; 1 = none. */
  readonly smoothing: number;
}

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
  /** RAM for the model's tensors and bookkeeping: CoreModel's arenaBytes + persistentBytes. */
  readonly arenaBytes: number;
}

/** What the model must answer, run on the board before the model is committed. */
export interface GoldenVector {
  /** frames * axes sensor values in physical units: also proves the features. Left out of most to save flash. */
  readonly window?: Float32Array | undefined;
  readonly input: Int8Array;
  readonly output: Int8Array;
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
