/**
 * Training in an anomaly project: only what is normal teaches; everything else there is shows how well it works. Gives
 * a model without labels: clusters or a mixture and no network at all, or an autoencoder and how well it repeats.
 */
import { createHash } from 'node:crypto';
import type { QuantizedModel } from '../../compress';
import { loadCore, type AnomalyDetector, type Core } from '../../core';
import type { CaptureSummary } from '../../dataset';
import { fitNormalisation, resolveImpulse, windowAt, type FeatureRows, type ResolvedImpulse } from '../../impulse';
import { macsOf, parameterCount, type ModelSpec, type ModelWeights } from '../../model';
import type { EpochReport } from '../../train';
import { anomalyView } from '../anomaly-report';
import { anomalyScoreReport, ratiosOf } from '../anomaly-scoring';
import { goldenOf } from '../golden';
import { ProjectError } from '../errors';
import type { Project } from '../project';
import type { ScoreReport, TrainReport, TrainSettings } from '../reports';
import { capturesOf, labelsOf, normalisedRows, rowsOf } from '../rows';
import { noNetwork, type TrainedModel } from '../trained';
import { fitDetector, thresholdFor } from './anomaly';
import { fitAutoencoder } from './autoencoder';
import { checkFinite, testedOn } from './rows';
import { cancelled, type TrainWork } from './work';

/** The labels that are learned from: those chosen, or the one that most training captures have. */
export function normalLabels(
  training: readonly CaptureSummary[],
  settings: Pick<TrainSettings, 'anomaly'>,
): readonly string[] {
  const there = labelsOf(training);
  const wanted = settings.anomaly.normal;
  if (wanted) {
    const known = wanted.filter((label) => there.includes(label));
    if (known.length > 0) return known;
    throw new ProjectError(
      'needs-data',
      `No training capture is labelled ${wanted.map((label) => `"${label}"`).join(' or ')}, which is said to be normal.`,
      'Record what is normal, or choose another label as normal.',
    );
  }
  if (there.length === 0)
    throw new ProjectError(
      'needs-data',
      'There are no captures to learn from.',
      'Record what is normal for a minute or two; one label is enough.',
    );
  const count = (label: string): number => training.filter((capture) => capture.label === label).length;
  return [there.reduce((best, label) => (count(label) > count(best) ? label : best))];
}

/** What both ways of learning give. */
export interface LearnedNormal {
  readonly detector: AnomalyDetector;
  /** Of normal rows that the detector was not fitted on. */
  readonly scores: ArrayLike<number>;
  readonly spec: ModelSpec;
  readonly weights: ModelWeights;
  readonly quantized: QuantizedModel;
  readonly history: readonly EpochReport[];
  readonly engine: string;
}

interface Prepared {
  readonly resolved: ResolvedImpulse;
  readonly normal: readonly string[];
  readonly rows: FeatureRows;
  readonly heldOut: FeatureRows | null;
  readonly others: FeatureRows | null;
  readonly testedOn: TrainReport['testedOn'];
  readonly normalisation: ReturnType<typeof fitNormalisation>;
}

/** Held out are normal captures for testing and everything that is not normal, wherever it stands: nothing was learned of it. */
async function prepare(project: Project, core: Core, settings: TrainSettings, work: TrainWork): Promise<Prepared> {
  const training = capturesOf(project, 'training');
  const normal = normalLabels(training, settings);
  const resolved = resolveImpulse(project.settings.impulse, capturesOf(project), core);
  const tell = {
    signal: work.signal,
    onProgress: ({ done, total }: { done: number; total: number }) =>
      work.onTrain?.({ phase: 'features', done, total }),
  };
  const labels = labelsOf(capturesOf(project));
  const isNormal = ({ label }: CaptureSummary): boolean => normal.includes(label);
  const cut = (captures: readonly CaptureSummary[]) => rowsOf(project, core, resolved, captures, labels, tell);
  const taught = training.filter(isNormal);
  const rows = await cut(taught);
  checkFinite(rows, project);
  const others = capturesOf(project).filter((capture) => !isNormal(capture));
  const tested = [...capturesOf(project, 'testing').filter(isNormal), ...others];
  const heldOut = tested.length > 0 ? await cut(tested) : null;
  return {
    resolved,
    normal,
    rows,
    heldOut,
    others: others.length > 0 ? await cut(others) : null,
    testedOn: testedOn(taught, tested),
    normalisation: fitNormalisation(rows, resolved),
  };
}

function learnClusters(core: Core, prepared: Prepared, settings: TrainSettings): LearnedNormal {
  const { rows, normalisation } = prepared;
  const { x, count } = normalisedRows(core, rows, normalisation);
  const table = { x, count, width: rows.width, groups: rows.groups };
  const engine = 'core: clusters and mixtures, one thread';
  const { detector, scores } = fitDetector(core, table, settings.anomaly, settings.seed);
  const spec: ModelSpec = { version: 1, input: [...prepared.resolved.inputShape], layers: [] };
  return { detector, scores, spec, weights: [], quantized: noNetwork, history: [], engine };
}

/** Trains and keeps; as trainProject(). */
export async function trainAnomalyProject(
  project: Project,
  settings: TrainSettings,
  work: TrainWork,
): Promise<TrainedModel> {
  const core = await loadCore();
  const began = performance.now();
  const fingerprint = project.fingerprint();
  const prepared = await prepare(project, core, settings, work);
  const featuresDone = performance.now();
  const { resolved, normal, rows, heldOut, others, normalisation } = prepared;
  const { name } = project.settings;
  const learned =
    settings.anomaly.kind === 'autoencoder'
      ? await fitAutoencoder(core, { rows, resolved, normalisation, name }, settings, work)
      : learnClusters(core, prepared, settings);
  if (work.signal?.aborted) throw cancelled();
  const kind = settings.anomaly.kind === 'none' ? 'kmeans' : settings.anomaly.kind;
  const { quantile } = settings.anomaly;
  const threshold = thresholdFor(learned.scores, quantile);
  const detector: AnomalyDetector = { ...learned.detector, threshold };
  const known = { kind, normal, threshold, quantile };
  const ratiosFor = (some: FeatureRows): Float32Array =>
    ratiosOf(core, detector, learned.quantized, normalisedRows(core, some, normalisation).x);
  const otherRatios = others ? ratiosFor(others) : new Float32Array(0);
  const byLabel = labelsOf(capturesOf(project).filter(({ label }) => !normal.includes(label))).map((label) => ({
    label,
    scores: Array.from(otherRatios, (ratio) => ratio * threshold).filter(
      (_, row) => others?.labels[others.y[row]] === label,
    ),
  }));
  work.onTrain?.({ phase: 'evaluate', done: 0, total: heldOut?.count ?? 0 });
  const int8 = heldOut ? anomalyScoreReport('int8', heldOut, normal, ratiosFor(heldOut), known) : null;
  const trainDone = performance.now();
  const { spec, weights, quantized } = learned;
  const hasNetwork = quantized.tflite.length > 0;
  const report: TrainReport = {
    engine: learned.engine,
    settings,
    labels: [normal.join(' or ')],
    trainingRows: rows.count,
    validationRows: 0,
    testingRows: heldOut?.count ?? 0,
    splitBy: 'capture',
    testedOn: prepared.testedOn,
    history: learned.history,
    bestEpoch: learned.history.length,
    stopped: 'finished',
    parameters: hasNetwork ? parameterCount(spec) : 0,
    macs: hasNetwork ? macsOf(spec) : 0,
    tfliteBytes: quantized.tflite.length,
    tfliteSha256: createHash('sha256').update(quantized.tflite).digest('hex'),
    featureSeconds: (featuresDone - began) / 1000,
    trainSeconds: (trainDone - featuresDone) / 1000,
    quantisation: 'afterTraining',
    float: null,
    int8,
    compression: null,
    warnings: [...(resolved.warnings ?? []), ...warningsOf(int8)],
  };
  const model = {
    report,
    fingerprint,
    resolved,
    normalisation,
    spec,
    weights,
    quantized,
    anomaly: { detector, threshold, view: anomalyView(known, learned.scores, byLabel) },
    golden: [],
    variants: [],
  };
  const sample = heldOut ?? rows;
  const windows = [0, Math.floor(sample.count / 3), Math.floor((2 * sample.count) / 3)].map(async (row) =>
    windowAt(core, await project.dataset.get(sample.captureIds[row]), sample.starts[row], resolved),
  );
  const trained: TrainedModel = {
    ...model,
    golden: goldenOf(project.settings, core, model, await Promise.all(windows)),
  };
  if (work.signal?.aborted) throw cancelled();
  await project.keepTrained(trained);
  work.onTrain?.({ phase: 'finished' });
  return trained;
}

function warningsOf(int8: ScoreReport | null): string[] {
  if (!int8?.anomaly) return ['No captures are held out for testing, so nothing is known of false alarms.'];
  const { falseAlarms, caught } = int8.anomaly;
  return [
    ...(Number.isNaN(falseAlarms)
      ? ['No normal captures are held out for testing, so nothing is known of false alarms.']
      : []),
    ...(Number.isNaN(caught) ? ['Nothing unusual was recorded, so nothing is known of what would be caught.'] : []),
  ];
}
