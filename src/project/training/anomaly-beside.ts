/** A classifier that also knows what it was never shown: a detector on the same features, learned from all labels. */
import type { Core } from '../../core';
import { anomalyReport, anomalyView } from '../anomaly-report';
import { ProjectError } from '../errors';
import type { Project } from '../project';
import type { ScoreReport, TrainSettings } from '../reports';
import { capturesOf, labelsOf, normalisedRows, rowsOf } from '../rows';
import type { TrainedAnomaly } from '../trained';
import { fitDetector, thresholdFor } from './anomaly';
import type { PreparedRows } from './rows';

export interface BesideClassifier {
  readonly anomaly?: TrainedAnomaly;
  /** The score with what the detector says added; unchanged where there is no detector. */
  readonly int8: ScoreReport | null;
}

/**
 * Unusual are the testing captures whose labels no training capture has: the classifier can only be wrong about them.
 * @throws ProjectError `bad-argument` for an autoencoder, whose place in the model image the classifier takes.
 */
export async function besideClassifier(
  project: Project,
  core: Core,
  prepared: PreparedRows,
  settings: TrainSettings,
  int8: ScoreReport | null,
): Promise<BesideClassifier> {
  const { kind, quantile, normal: chosen } = settings.anomaly;
  if (kind === 'none') return { int8 };
  if (kind === 'autoencoder')
    throw new ProjectError(
      'bad-argument',
      'An autoencoder cannot stand beside a classifier: a board holds one network.',
      'Choose k-means or a mixture for what is unknown.',
    );
  const { rows, resolved, normalisation, labels, heldOut } = prepared;
  const normal = chosen?.filter((label) => labels.includes(label)) ?? labels;
  const taught = [...rows.y.keys()].filter((row) => normal.includes(labels[rows.y[row]]));
  const { x, count } = normalisedRows(core, rows, normalisation, taught);
  const groups = taught.map((row) => rows.groups[row]);
  const fitted = fitDetector(core, { x, count, width: rows.width, groups }, settings.anomaly, settings.seed);
  const threshold = thresholdFor(fitted.scores, quantile);
  const detector = { ...fitted.detector, threshold };
  const strangers = capturesOf(project, 'testing').filter(({ label }) => !labels.includes(label));
  const named = labelsOf(strangers);
  const unknown = strangers.length > 0 ? await rowsOf(project, core, resolved, strangers, named, {}) : null;
  const ratios = (some: typeof rows): Float32Array =>
    core.anomalyScore(detector, normalisedRows(core, some, normalisation).x);
  const unknownRatios = unknown ? Array.from(ratios(unknown)) : [];
  const known = { kind, normal, threshold, quantile };
  const others = named.map((label) => ({
    label,
    scores: unknownRatios.filter((_, row) => named[unknown?.y[row] ?? -1] === label).map((ratio) => ratio * threshold),
  }));
  const anomaly = { detector, threshold, view: anomalyView(known, fitted.scores, others) };
  if (!int8 || !heldOut) return { anomaly, int8 };
  const all = [...ratios(heldOut), ...unknownRatios];
  const unusual = all.map((_, row) => row >= heldOut.count);
  return { anomaly, int8: { ...int8, anomaly: anomalyReport(known, all, unusual) } };
}
