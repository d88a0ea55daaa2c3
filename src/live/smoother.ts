/**
 * From results to an answer: the TypeScript twin of the board's own smoothing, thresholds, suppression and telling of
 * what is unusual (firmware/PROTOCOL.md 5; firmware/dormouse/src/device/judge.cpp), to the bit, so that the app can try
 * other settings without flashing. Knows nothing of boards or time.
 */
import type { LiveSettings } from '../deploy';

/** Answers that are no label. */
export const nothing = -1;
export const unusual = -2;

/** A sum of int8 scores, dequantised in float32 from left to right as the board does, in 1/1000. */
const thousandfold = (sum: number, scale: number): number =>
  Math.fround(Math.fround(Math.fround(sum) * Math.fround(scale)) * 1000);

/** Keeps a label that was reported from being reported again for some results. */
export class Suppressor {
  /** Per label: results for which it is not reported again. */
  private quiet: number[] = [];

  constructor(private readonly results: number) {}

  add(label: number): number {
    if (this.results === 0) return label;
    const again = (this.quiet[label] ?? 0) > 0;
    for (const i of this.quiet.keys()) if (this.quiet[i] > 0) this.quiet[i]--;
    if (again) return nothing;
    if (label >= 0) this.quiet[label] = this.results;
    return label;
  }

  reset(): void {
    this.quiet = [];
  }
}

/** An answer before threshold and suppression. */
export interface Likeliest {
  /** -2 where what came is unusual: no threshold changes that. */
  readonly label: number;
  /** Reaches a threshold of t thousandths if at least t * `results`. */
  readonly reached: number;
  /** Over so many results. */
  readonly results: number;
}

export class ResultSmoother {
  /** Rings of `smoothing` places, filled from the first on. */
  private readonly history: Int8Array[] = [];
  private readonly ratios: number[] = [];
  private at = 0;
  private readonly suppressor: Suppressor;

  /** `scale` and `zeroPoint` are the model output's. */
  constructor(
    private readonly settings: LiveSettings,
    private readonly scale: number,
    private readonly zeroPoint: number,
  ) {
    this.suppressor = new Suppressor(settings.suppress ?? 0);
  }

  /**
   * The index of the label after this result, -1 where none is certain enough or it was said a moment ago, -2 where what
   * came is unusual. Keeps `scores`. `anomaly`: score / threshold of models that have one; no scores at all mean a model
   * that only knows the normal, which is label 0.
   */
  add(scores: Int8Array, anomaly?: number): number {
    const { label, reached, results } = this.likeliest(scores, anomaly);
    const threshold = Math.round((this.settings.thresholds?.[label] ?? this.settings.threshold) * 1000);
    return this.suppressor.add(label === unusual || reached >= threshold * results ? label : nothing);
  }

  /** The first half of add(): takes a result, leaves threshold and suppression to the caller. */
  likeliest(scores: Int8Array, anomaly?: number): Likeliest {
    this.history[this.at] = scores;
    if (anomaly !== undefined) this.ratios[this.at] = anomaly;
    this.at = this.at + 1 >= this.settings.smoothing ? 0 : this.at + 1;
    const results = this.history.length;
    if (anomaly !== undefined && this.isUnusual()) return { label: unusual, reached: 0, results };
    if (scores.length === 0) return { label: 0, reached: Infinity, results };
    let best = 0;
    let label = nothing;
    for (let i = 0; i < scores.length; i++) {
      let sum = 0;
      for (const one of this.history) sum += one[i] - this.zeroPoint;
      if (label >= 0 && sum <= best) continue;
      best = sum;
      label = i;
    }
    return { label, reached: thousandfold(best, this.scale), results };
  }

  /** Begins anew, as the board does behind a gap in its sensor's frames. */
  reset(): void {
    this.history.length = 0;
    this.ratios.length = 0;
    this.at = 0;
    this.suppressor.reset();
  }

  private isUnusual(): boolean {
    let sum = 0;
    for (const ratio of this.ratios) sum = Math.fround(sum + Math.fround(ratio));
    return sum > this.ratios.length;
  }
}
