/** Windows judged by a detector with the board's own arithmetic, and the report of it. Knows nothing of how normal was learned. */
import { runInt8, type QuantizedModel } from '../compress';
import type { AnomalyDetector, AutoencoderRows, Core } from '../core';
import type { FeatureRows } from '../impulse';
import { anomalyReport } from './anomaly-report';
import type { AnomalyReport, ScoreReport } from './reports';
import { score } from './scoring';

/** score / threshold of normalised rows, as the board computes it. */
export function ratiosOf(
  core: Core,
  detector: AnomalyDetector,
  quantized: QuantizedModel,
  x: Float32Array,
): Float32Array {
  if (x.length === 0) return new Float32Array(0);
  let answers: AutoencoderRows | undefined;
  if (detector.kind === 'reconstruction') {
    const { int8 } = runInt8(core, quantized, x, x.length / detector.features);
    answers = { rows: int8, scale: quantized.outputScale, zeroPoint: quantized.outputZeroPoint };
  }
  return core.anomalyScore(detector, x, answers);
}

const unusualLabel = 'anomaly';

/** Normal or not, as a report of two labels, with what a threshold can and cannot do beside it. */
export function anomalyScoreReport(
  engine: ScoreReport['engine'],
  rows: FeatureRows,
  normal: readonly string[],
  ratios: Float32Array,
  known: Omit<AnomalyReport, 'auc' | 'falseAlarms' | 'caught' | 'scores'>,
): ScoreReport {
  const unusual = Array.from(rows.y, (label) => !normal.includes(rows.labels[label]));
  const two = {
    ...rows,
    labels: [normal.join(' or '), unusualLabel],
    y: Int32Array.from(unusual, (is) => (is ? 1 : 0)),
  };
  // Even at the threshold, certain at twice of it.
  const scores = new Float32Array(rows.count * 2);
  ratios.forEach((ratio, row) => {
    const share = ratio > 1 ? Math.min(1, Math.max(ratio / 2, 0.5 + 1e-6)) : ratio / 2;
    scores.set([1 - share, share], row * 2);
  });
  return { ...score({ engine, rows: two, scores }), anomaly: anomalyReport(known, ratios, unusual) };
}
