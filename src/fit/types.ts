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
  readonly macs: number;
  readonly fits: boolean;
  /** What to do where it does not fit; empty where it does. */
  readonly advice: readonly string[];
}
