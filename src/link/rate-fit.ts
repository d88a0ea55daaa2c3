/**
 * The rate of a stream as the slope of a straight line (least squares) through all its (frame index, time) points,
 * never a count over some second: a count is off by one, a slope over a whole capture is not. Knows no clock.
 */
const minimumSpan = 500_000;
const minimumPoints = 4;

export class RateFit {
  private count = 0;
  private firstIndex = 0;
  private firstMicros = 0;
  private sumX = 0;
  private sumY = 0;
  private sumXX = 0;
  private sumXY = 0;
  private lastMicros = 0;

  /** Index of a frame and its time in microseconds, both rising. */
  add(index: number, micros: number): void {
    if (this.count === 0) {
      this.firstIndex = index;
      this.firstMicros = micros;
    }
    const x = index - this.firstIndex;
    const y = micros - this.firstMicros;
    this.count++;
    this.sumX += x;
    this.sumY += y;
    this.sumXX += x * x;
    this.sumXY += x * y;
    this.lastMicros = micros;
  }

  /** Frames per second; NaN until four points span half a second. */
  get rateHz(): number {
    if (this.count < minimumPoints || this.lastMicros - this.firstMicros < minimumSpan) return NaN;
    const slope = (this.count * this.sumXY - this.sumX * this.sumY) / (this.count * this.sumXX - this.sumX * this.sumX);
    return slope > 0 && Number.isFinite(slope) ? 1e6 / slope : NaN;
  }
}

/** Rates that sensors and sketches really run at; a measured rate close to one of them is that one. */
const usualRates = [
  1, 2, 4, 5, 8, 10, 12.5, 15, 16, 20, 25, 26, 30, 32, 40, 50, 52, 60, 62.5, 64, 75, 80, 100, 104, 119, 120, 125, 128,
  150, 200, 208, 238, 250, 256, 300, 400, 416, 476, 500, 512, 600, 800, 833, 952, 1000, 1600, 2000,
];

/**
 * The declared rate within 3 % of a measured one, else the usual rate within 0.5 %, else the measured rate itself to
 * three decimals: what was declared may be met badly, what was not must be met well to be believed.
 */
export function snapRate(measuredHz: number, declared: readonly number[] = []): number {
  const near = nearest(measuredHz, declared, 0.03) ?? nearest(measuredHz, usualRates, 0.005);
  return near ?? Math.round(measuredHz * 1000) / 1000;
}

function nearest(measuredHz: number, rates: readonly number[], tolerance: number): number | undefined {
  let best: number | undefined;
  for (const rate of rates) {
    const distance = Math.abs(rate - measuredHz);
    if (distance <= tolerance * rate && (best === undefined || distance < Math.abs(best - measuredHz))) best = rate;
  }
  return best;
}
