/** Recognition as it happens. */
export interface LiveResult {
  /** The device's clock at the end of the window, in seconds since recognition started. */
  readonly seconds: number;
  readonly window: number;
  /** Probability per label, dequantised from the board's int8 output. */
  readonly scores: readonly number[];
  /** After smoothing and threshold; '' where nothing is certain enough. */
  readonly label: string;
  readonly dspMicros: number;
  readonly modelMicros: number;
}
