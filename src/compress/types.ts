/** What the compression step takes and hands on. */
import type { ModelSpec, ModelWeights } from '../model/spec';
import type { Objective } from '../train/engine';

export interface QuantizedModel {
  /** A standard .tflite file: full int8, per-channel weights, int8 input and output. */
  readonly tflite: Uint8Array;
  readonly inputScale: number;
  readonly inputZeroPoint: number;
  readonly outputScale: number;
  readonly outputZeroPoint: number;
}

/** The smallest and largest number that a value of the network takes. */
export interface ValueRange {
  readonly min: number;
  readonly max: number;
}

/**
 * How the int8 range of each value is chosen: from the smallest to the largest number seen ('minMax', the default);
 * leaving out the rarest numbers ({ percentile: 99.9 }: of 1,000 numbers one may lie above the range, and one below);
 * or given, one per value of the graph that the lowered network has (as training with simulated quantization does).
 */
export type RangeChoice = 'minMax' | { readonly percentile: number } | readonly ValueRange[];

export interface QuantizeOptions {
  /** Rows x width of normalised inputs used to find the ranges; balanced over classes by the caller. Unread where the ranges are given. */
  readonly calibration: Float32Array;
  readonly calibrationCount: number;
  readonly ranges?: RangeChoice | undefined;
  /** Name stored in the file. */
  readonly name?: string;
  /** Fully connected weights per output channel too. */
  readonly perChannelDense?: boolean;
}

/** A layer that lost filters or neurons. */
export interface PrunedLayer {
  /** Index in the spec. */
  readonly layer: number;
  /** "Layer 3 (conv2d)". */
  readonly name: string;
  readonly before: number;
  readonly after: number;
}

export interface TfliteTensor {
  readonly name: string;
  /** 'int8', 'float32', ... or 'unknown'. */
  readonly type: string;
  /** With the batch; -1 where a size is decided at run time. */
  readonly shape: readonly number[];
  /** Of its values, computed or constant; 0 for types without a fixed size. */
  readonly bytes: number;
  /** Stored in the file (weights) rather than computed. */
  readonly constant: boolean;
  /** value = scale * (q - zeroPoint); one entry, one per channel along `quantizedDimension`, or none. */
  readonly scales: readonly number[];
  readonly zeroPoints: readonly number[];
  readonly quantizedDimension: number;
}

export interface TfliteOperator {
  /** As in the public schema ('CONV_2D'), or 'CUSTOM name'. */
  readonly name: string;
  readonly version: number;
  /** Indices into `tensors`; -1 = an optional input that is absent. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** Multiply-accumulates of one run; 0 for operators without weights. */
  readonly macs: number;
}

export interface TfliteSummary {
  readonly bytes: number;
  readonly schemaVersion: number;
  readonly description: string;
  readonly name: string;
  readonly subgraphs: number;
  readonly tensors: readonly TfliteTensor[];
  readonly operators: readonly TfliteOperator[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly macs: number;
  /** Of all data stored in the file: weights, biases and small constants. */
  readonly weightBytes: number;
  /** Names of the metadata entries. */
  readonly metadata: readonly string[];
}

/** One form of a network to be reported on: in float, or with the int8 file that was made of it. */
export interface ReportVariant {
  readonly name: string;
  readonly spec: ModelSpec;
  readonly weights: ModelWeights;
  readonly quantized?: QuantizedModel | undefined;
}

export interface LabelScores {
  /** Index of the label. */
  readonly label: number;
  /** Of the answers with this label, the share that was right; 0 where it was never answered. */
  readonly precision: number;
  /** Of the rows (or cells) with this label, the share that was found; 0 where there were none. */
  readonly recall: number;
  readonly f1: number;
  /** Rows (or cells) that have this label. */
  readonly count: number;
}

/** How far an int8 layer's output is from the float network's, over the same rows. */
export interface LayerNoise {
  readonly name: string;
  /** As in the public schema: 'CONV_2D'. */
  readonly operator: string;
  /** 10 log10(power of the float values / power of the difference), at most 120. */
  readonly snrDb: number;
}

export interface VariantReport {
  readonly name: string;
  readonly kind: 'float' | 'int8';
  /** Share of rows (of cells, where each cell is labelled) with the right answer; null for regression. */
  readonly accuracy: number | null;
  /** Mean F1 of the labels that the rows have, the background of cells (label 0) left out; null for regression. */
  readonly macroF1: number | null;
  readonly perLabel: readonly LabelScores[];
  /** Mean squared difference from what was wanted; null unless regression. */
  readonly meanSquaredError: number | null;
  /** Rows whose answer (in any cell) is not that of the first variant. Empty for regression. */
  readonly flipped: readonly number[];
  /** Of the .tflite file; and after deflate, as a store or an update would carry it. */
  readonly bytes: number;
  readonly deflatedBytes: number;
  /** RAM for tensors on a board, from the board's own planner; null for float, which no board runs. */
  readonly arenaBytes: number | null;
  readonly macs: number;
  readonly parameters: number;
  /** Share of the weights (not biases) that are exactly zero. */
  readonly zeroShare: number;
  /** Int8 only, reshapes left out. */
  readonly layers: readonly LayerNoise[];
  /** The layer with the lowest ratio; null for float. */
  readonly worst: LayerNoise | null;
}

export interface CompressionReport {
  readonly objective: Objective;
  readonly rows: number;
  readonly variants: readonly VariantReport[];
}
