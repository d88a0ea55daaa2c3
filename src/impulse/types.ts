/** An impulse: how captures are cut into windows and what is computed from each. */
import type { DspBlock, Normalisation, WindowShape } from '../core';

export interface ImpulseSettings {
  /** 0 = chosen from the data: holds nine in ten captures and some rest, or 2 s where they are long. */
  readonly windowMs: number;
  /** 0 = half of the window. */
  readonly strideMs: number;
  /** 0 = the rate of the data. */
  readonly rateHz: number;
  /** Names of the axes used; empty = all that the captures have in common. */
  readonly axes: readonly string[];
  readonly dsp: { readonly kind: DspBlock['kind']; readonly params: Readonly<Record<string, number>> };
}

/** Settings with every "chosen from the data" resolved. */
export interface ResolvedImpulse {
  readonly shape: WindowShape;
  readonly strideFrames: number;
  readonly axes: readonly string[];
  readonly units: readonly string[];
  readonly block: DspBlock;
  readonly featureCount: number;
  /** Shape of one row as the model sees it: [time, axes] for raw, [frames, bins] for sound, [height, width, channels] for pictures, else [features]. */
  readonly inputShape: readonly number[];
  /** One plain sentence each: units that were converted, captures that are left out. */
  readonly warnings?: readonly string[];
}

export interface FeatureRows {
  readonly count: number;
  readonly width: number;
  /** count * width, not normalised. */
  readonly values: Float32Array;
  /** Index into `labels`. */
  readonly y: Int32Array;
  readonly labels: readonly string[];
  /** Per row: the capture it was cut from, and the first frame of the window in it. */
  readonly captureIds: readonly string[];
  readonly starts: Int32Array;
  /** What must stay on one side of a split: 'person:ann', 'session:monday' or 'capture:<hash>'. */
  readonly groups: readonly string[];
}

export interface NormalisedRows {
  readonly normalisation: Normalisation;
  readonly values: Float32Array;
}
