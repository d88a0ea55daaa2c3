/** What the compression step takes and hands on. */
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
