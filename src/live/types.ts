/** Recognition as it happens. */
export interface LiveResult {
  /** The device's clock at the end of the window, in seconds since recognition started. */
  readonly seconds: number;
  readonly window: number;
  /** Probability per label, dequantised from the board's int8 output. */
  readonly scores: readonly number[];
  /** After smoothing, threshold and suppression; '' where nothing is certain enough, or what came is unusual. */
  readonly label: string;
  /** score / threshold where the model tells what is unusual; above 1 is. */
  readonly anomaly?: number;
  /** The label is '' because what came is unusual. */
  readonly unusual?: boolean;
  /** Where a model that finds objects saw them: centres, 0 to 1 of the picture; score 0 to 1. */
  readonly objects?: readonly FoundLiveObject[];
  readonly dspMicros: number;
  readonly modelMicros: number;
}

export interface FoundLiveObject {
  readonly label: string;
  readonly score: number;
  readonly x: number;
  readonly y: number;
}
