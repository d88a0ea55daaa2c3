/** Does it fit, and how fast will it be? Every figure says what it is based on. */
export interface FitItem {
  readonly what: string;
  readonly bytes: number;
}

export interface FitReport {
  readonly board: string;
  readonly boardName: string;
  readonly ram: { readonly used: number; readonly available: number; readonly items: readonly FitItem[] };
  readonly flash: { readonly used: number; readonly available: number; readonly items: readonly FitItem[] };
  readonly latency: {
    readonly dspMs: number;
    readonly modelMs: number;
    readonly basis: 'estimated' | 'measured';
    /** In words: "1.9 cycles per multiply-accumulate assumed for a Cortex-M4F at 64 MHz". */
    readonly explanation: string;
  };
  /** Share of the board's time (above 1 it skips windows), at so many results a second; of pictures, for each one. */
  readonly busy: { readonly share: number; readonly resultsPerSecond: number };
  readonly macs: number;
  /** Into RAM and flash. Being too slow is advice, because time is estimated and memory is counted. */
  readonly fits: boolean;
  /** What to do where it does not fit or cannot keep up; empty otherwise. */
  readonly advice: readonly string[];
}

/** What a board itself reported for a model; kept by the caller and handed in, so that estimates give way to facts. */
export interface Measurement {
  readonly board: string;
  /** SHA-256 of the .tflite in lower-case hex. */
  readonly modelSha256: string;
  readonly dspMicros: number;
  readonly modelMicros: number;
  /** What had been estimated: estimates for other models on such a board learn from the difference. */
  readonly estimated?: { readonly dspMicros: number; readonly modelMicros: number } | undefined;
}
