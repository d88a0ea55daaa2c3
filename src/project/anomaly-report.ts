/** What people are told of usual and unusual windows: histograms, and how well a threshold tells them apart. Pure. */
import { areaUnderCurve } from '../train';
import type { AnomalyHistogram, AnomalyReport, AnomalyView } from './reports';

/** A multiple of three, so that the threshold, a third of the way, stands between two steps and none is cut by it. */
const steps = 42;

/** Counts in equally wide steps; what lies outside counts in the first or last one. */
function histogramOf(scores: ArrayLike<number>, low: number, high: number): AnomalyHistogram {
  const counts = new Array<number>(steps).fill(0);
  for (const score of Array.from(scores)) {
    const at = Math.floor(((score - low) / (high - low)) * steps);
    counts[Math.min(steps - 1, Math.max(0, at))]++;
  }
  return { low, high, counts };
}

const shareAbove = (scores: readonly number[], threshold: number): number =>
  scores.length === 0 ? NaN : scores.filter((score) => score > threshold).length / scores.length;

export interface LabelledScores {
  readonly label: string;
  readonly scores: readonly number[];
}

type Known = Pick<AnomalyView, 'kind' | 'threshold' | 'quantile' | 'normal'>;

/** The steps reach from 0 to well above the threshold: what is far beyond it shows as far beyond. */
export function anomalyView(known: Known, normal: ArrayLike<number>, others: readonly LabelledScores[]): AnomalyView {
  const high = 3 * known.threshold;
  return {
    ...known,
    histogram: histogramOf(normal, 0, high),
    others: others.map(({ label, scores }) => ({
      label,
      histogram: histogramOf(scores, 0, high),
      caught: shareAbove(scores, known.threshold),
    })),
  };
}

/** `ratios`: score / threshold of each window; `unusual`: whether it is known to be no normal one. */
export function anomalyReport(known: Known, ratios: ArrayLike<number>, unusual: ArrayLike<boolean>): AnomalyReport {
  const scores = Array.from(ratios);
  const normal = scores.filter((_, i) => !unusual[i]);
  const others = scores.filter((_, i) => unusual[i]);
  return {
    ...known,
    auc: areaUnderCurve(normal, others),
    falseAlarms: shareAbove(normal, 1),
    caught: shareAbove(others, 1),
    scores,
  };
}
