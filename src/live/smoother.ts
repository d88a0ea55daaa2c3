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

export class ResultSmoother {
  /** Rings of `smoothing` places, filled from the first on. */
  private readonly history: Int8Array[] = [];
  private readonly ratios: number[] = [];
  private at = 0;
  /** Per label: results for which it is not reported again. */
  private quiet: number[] = [];

  /** `scale` and `zeroPoint` are the model output's. */
  constructor(
    private readonly settings: LiveSettings,
    private readonly scale: number,
    private readonly zeroPoint: number,
  ) {}

  /**
   * The index of the label after this result, -1 where none is certain enough or it was said a moment ago, -2 where what
   * came is unusual. Keeps `scores`. `anomaly`: score / threshold of models that have one; no scores at all mean a model
   * that only knows the normal, which is label 0.
   */
  add(scores: Int8Array, anomaly?: number): number {
    this.history[this.at] = scores;
    if (anomaly !== undefined) this.ratios[this.at] = anomaly;
    this.at = this.at + 1 >= this.settings.smoothing ? 0 : this.at + 1;
    return this.suppressed(anomaly !== undefined && this.isUnusual() ? unusual : this.likeliest(scores.length));
  }

  /** Begins anew, as the board does behind a gap in its sensor's frames. */
  reset(): void {
    this.history.length = 0;
    this.ratios.length = 0;
    this.at = 0;
    this.quiet = [];
  }

  private isUnusual(): boolean {
    let sum = 0;
    for (const ratio of this.ratios) sum = Math.fround(sum + Math.fround(ratio));
    return sum > this.ratios.length;
  }

  private likeliest(labels: number): number {
    if (labels === 0) return 0;
    let best = 0;
    let label = nothing;
    for (let i = 0; i < labels; i++) {
      let sum = 0;
      for (const one of this.history) sum += one[i] - this.zeroPoint;
      if (label >= 0 && sum <= best) continue;
      best = sum;
      label = i;
    }
    const threshold = Math.round((this.settings.thresholds?.[label] ?? this.settings.threshold) * 1000);
    return thousandfold(best, this.scale) >= threshold * this.history.length ? label : nothing;
  }

  private suppressed(label: number): number {
    const { suppress = 0 } = this.settings;
    if (suppress === 0) return label;
    const again = (this.quiet[label] ?? 0) > 0;
    this.quiet = this.quiet.map((results) => Math.max(0, results - 1));
    if (again) return nothing;
    if (label >= 0) this.quiet[label] = suppress;
    return label;
  }
}
