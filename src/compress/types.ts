/** What the compression step takes and hands on. */
export interface QuantizedModel {
  /** A standard .tflite file: full int8, per-channel weights, int8 input and output. */
  readonly tflite: Uint8Array;
  readonly inputScale: number;
  readonly inputZeroPoint: number;
  readonly outputScale: number;
  readonly outputZeroPoint: number;
}

export interface QuantizeOptions {
  /** Rows x width of normalised inputs used to find the ranges; balanced over classes by the caller. */
  readonly calibration: Float32Array;
  readonly calibrationCount: number;
  /** Name stored in the file. */
  readonly name?: string;
  /** Fully connected weights per output channel too. */
  readonly perChannelDense?: boolean;
}
