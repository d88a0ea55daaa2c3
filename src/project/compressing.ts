/** The forms of the trained model side by side, on the project's own windows and in the names of its labels. */
import { compressionReport } from '../compress';
import type { Core } from '../core';
import type { FeatureRows } from '../impulse';
import type { LabelledRows, TrainEngine } from '../train';
import type { CompressionReport } from './contract';
import type { ModelVariant } from './trained';

/**
 * @param rows the held-out windows, and `labelled` the same normalised.
 * @param pause is awaited every few rows and may throw to end the work.
 */
export async function compareVariants(
  core: Core,
  engine: TrainEngine,
  variants: readonly ModelVariant[],
  rows: FeatureRows,
  labelled: LabelledRows,
  pause: () => Promise<void>,
): Promise<CompressionReport> {
  const named = variants.map(({ id, spec, weights, quantized }) => ({
    name: id,
    spec,
    weights,
    quantized: quantized ?? undefined,
  }));
  const report = await compressionReport(core, named, labelled, { engine, pause });
  return {
    count: report.rows,
    labels: rows.labels,
    variants: report.variants.map(({ name: _name, kind: _kind, meanSquaredError: _error, ...variant }, i) => ({
      ...variant,
      id: variants[i].id,
      used: i === variants.length - 1,
      // Labels are told apart here, so these are known.
      accuracy: variant.accuracy ?? NaN,
      macroF1: variant.macroF1 ?? NaN,
      perLabel: variant.perLabel.map((scores) => ({ ...scores, label: rows.labels[scores.label] })),
      flipped: variant.flipped.map((row) => ({
        captureId: rows.captureIds[row],
        start: rows.starts[row],
        truth: rows.y[row],
      })),
    })),
  };
}
