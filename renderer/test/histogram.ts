/** The threshold on the scores of what is usual: from a place on the picture to a share of windows, and back. Pure. */
import type { AnomalyHistogram } from '../../src/project/contract';

/** Limits of what may be asked for: see the schema of `train.configure`. */
export const leastQuantile = 0.5;

/** The share of the windows that score below `threshold`, as if each step's windows lay evenly in it. */
export function shareBelow({ low, high, counts }: AnomalyHistogram, threshold: number): number {
  const total = counts.reduce((sum, n) => sum + n, 0);
  if (total === 0 || !(high > low)) return 1;
  const at = ((threshold - low) / (high - low)) * counts.length;
  const whole = counts.slice(0, Math.max(0, Math.floor(at))).reduce((sum, n) => sum + n, 0);
  const part = at > 0 && at < counts.length ? (at - Math.floor(at)) * counts[Math.floor(at)] : 0;
  return Math.min(whole + part, total) / total;
}

/** A share as it is set: in steps of a thousandth, inside what may be asked for. */
export const roundQuantile = (share: number): number =>
  Math.min(1, Math.max(leastQuantile, Math.round(share * 1000) / 1000));
