/**
 * From scores to an answer: the TypeScript twin of the board's own smoothing and threshold (firmware/PROTOCOL.md, 5),
 * to the bit, so that the app can try other settings without flashing. Knows nothing of boards or time.
 */
import type { LiveSettings } from '../deploy';

export class ResultSmoother {
  private readonly history: Int8Array[] = [];
  private readonly thousandths: number;

  /** `scale` and `zeroPoint` are the model output's. */
  constructor(
    private readonly settings: LiveSettings,
    private readonly scale: number,
    private readonly zeroPoint: number,
  ) {
    this.thousandths = Math.round(settings.threshold * 1000);
  }

  /** The index of the label after this result, -1 where none is certain enough. Keeps `scores`. */
  add(scores: Int8Array): number {
    this.history.push(scores);
    if (this.history.length > this.settings.smoothing) this.history.shift();
    let best = 0;
    let label = -1;
    for (let i = 0; i < scores.length; i++) {
      let sum = 0;
      for (const one of this.history) sum += one[i] - this.zeroPoint;
      if (label >= 0 && sum <= best) continue;
      best = sum;
      label = i;
    }
    // float32 from left to right, as the board computes it.
    const reached = Math.fround(Math.fround(Math.fround(best) * Math.fround(this.scale)) * 1000);
    return reached >= this.thousandths * this.history.length ? label : -1;
  }

  /** Begins anew, as the board does behind a gap in its sensor's frames. */
  reset(): void {
    this.history.length = 0;
  }
}
