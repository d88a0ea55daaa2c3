/**
 * One press of "Train": features, a split that keeps people apart, training, shrinking to int8, and an honest score on
 * captures that were held out. Each step is another folder's; this is their order.
 */
import { createHash } from 'node:crypto';
import type { LongWork } from '../base';
import type { CaptureSummary } from '../dataset';
import { balancedCalibration, quantiseModel, runInt8, type QuantizedModel } from '../compress';
import { loadCore, type Core } from '../core';
import { goldenVectors } from '../deploy';
import {
  cutWindow,
  fitNormalisation,
  resolveImpulse,
  splitRows,
  type FeatureRows,
  type ResolvedImpulse,
} from '../impulse';
import { buildModel, macsOf, parameterCount, suggestModel, type ModelSpec } from '../model';
import {
  classWeightsOf,
  coreEngine,
  defaultAugmentationFor,
  tensorflowEngine,
  type LabelledRows,
  type TrainEngine,
  type TrainOptions,
  type TrainResult,
} from '../train';
import type { ScoreReport, TrainProgress, TrainReport, TrainSettings } from './contract';
import { manifestOf } from './deploying';
import { ProjectError } from './errors';
import type { Project } from './project';
import { capturesOf, checkTrainable, labelsOf, normalisedRows, rowsOf } from './rows';
import { score } from './scoring';
import type { TrainedModel } from './trained';

export interface TrainWork extends LongWork {
  readonly onTrain?: ((progress: TrainProgress) => void) | undefined;
  /** For this run only, over the project's own settings. */
  readonly settings?: Partial<TrainSettings> | undefined;
}

/** The part of the training rows on which training watches itself. */
const validationFraction = 0.2;
const calibrationRows = 512;
/** Windows that golden vectors are chosen from. */
const goldenCandidates = 24;

export function engineFor(settings: TrainSettings): TrainEngine {
  return settings.engine === 'tensorflow' ? tensorflowEngine() : coreEngine();
}

function specFor(settings: TrainSettings, resolved: ResolvedImpulse, classes: number): ModelSpec {
  const kind = settings.model === 'auto' ? suggestModel(resolved.inputShape) : settings.model;
  return buildModel({ kind, size: settings.size, inputShape: resolved.inputShape, classes });
}

interface Prepared {
  readonly labels: readonly string[];
  readonly resolved: ResolvedImpulse;
  readonly rows: FeatureRows;
  readonly heldOut: FeatureRows | null;
  /** What is never on both sides of the line between what teaches and what watches. */
  readonly splitBy: TrainReport['splitBy'];
  /** True where the captures held out for testing draw the curves, and all others teach. */
  readonly watchesHeldOut: boolean;
  readonly normalisation: ReturnType<typeof fitNormalisation>;
  readonly training: LabelledRows;
  readonly validation: LabelledRows | undefined;
  readonly testedOn: TrainReport['testedOn'];
  readonly warnings: readonly string[];
}

/** The widest of person, session and capture that testing shares with training in no case; unknown names may be anybody's. */
function testedOn(training: readonly CaptureSummary[], testing: readonly CaptureSummary[]): TrainReport['testedOn'] {
  const apart = (key: 'person' | 'session'): boolean => {
    const known = new Set(training.map((capture) => capture[key]));
    return !known.has('') && testing.every((capture) => capture[key] !== '' && !known.has(capture[key]));
  };
  return apart('person') ? 'person' : apart('session') ? 'session' : 'capture';
}

async function prepare(project: Project, core: Core, settings: TrainSettings, work: TrainWork): Promise<Prepared> {
  const training = capturesOf(project, 'training');
  const labels = checkTrainable(training);
  // From all captures, as the Impulse screen shows it; lengths and rates say nothing of what is to be recognised.
  const resolved = resolveImpulse(project.settings.impulse, capturesOf(project), core);
  const tell: LongWork = {
    signal: work.signal,
    onProgress: (progress) => work.onTrain?.({ phase: 'features', done: progress.done, total: progress.total }),
  };
  const rows = await rowsOf(project, core, resolved, training, labels, tell);
  const warnings: string[] = [...(resolved.warnings ?? [])];
  const testing = capturesOf(project, 'testing');
  const unknown = labelsOf(testing).filter((label) => !labels.includes(label));
  if (unknown.length > 0)
    warnings.push(
      `Held-out captures labelled ${unknown.map((label) => `"${label}"`).join(', ')} are left out: no training capture has that label.`,
    );
  const scorable = testing.filter((capture) => labels.includes(capture.label));
  const heldOut = scorable.length > 0 ? await rowsOf(project, core, resolved, scorable, labels, tell) : null;
  if (!heldOut)
    warnings.push('No captures are held out for testing, so there is no honest score. Set some aside in Data.');
  const apart = testedOn(training, scorable);
  // Nothing is chosen by the curves where training goes on to its last epoch, so the held-out captures may draw them.
  const watchesHeldOut = heldOut !== null && settings.patience === 0;
  const split = watchesHeldOut ? undefined : splitRows(rows, { fraction: validationFraction, seed: settings.seed });
  const normalisation = fitNormalisation(rows, resolved, split?.training);
  const watching = split ? (split.validation.length > 0 ? rows : null) : heldOut;
  return {
    labels,
    resolved,
    rows,
    heldOut,
    splitBy: split?.by ?? apart,
    watchesHeldOut,
    normalisation,
    training: normalisedRows(core, rows, normalisation, split?.training),
    validation: watching ? normalisedRows(core, watching, normalisation, split?.validation) : undefined,
    testedOn: apart,
    warnings,
  };
}

function optionsFor(settings: TrainSettings, prepared: Prepared, rows: LabelledRows, work: TrainWork): TrainOptions {
  return {
    epochs: settings.epochs,
    batchSize: settings.batchSize,
    learningRate: settings.learningRate,
    seed: settings.seed,
    threads: settings.threads,
    patience: settings.patience,
    classWeights: classWeightsOf(rows.y, prepared.labels.length),
    augmentation:
      settings.augment && prepared.resolved.inputShape.length === 2 ? defaultAugmentationFor('motion') : undefined,
    signal: work.signal,
  };
}

/**
 * Trains, and where no captures are held out (or training may stop early) trains twice: once with some people kept
 * apart, which gives the honest curves and the number of epochs, and once with everybody, which gives the model.
 */
async function fit(
  engine: TrainEngine,
  spec: ModelSpec,
  core: Core,
  prepared: Prepared,
  settings: TrainSettings,
  work: TrainWork,
): Promise<TrainResult> {
  const twice = prepared.validation !== undefined && !prepared.watchesHeldOut;
  const watched = await watchedTraining(engine, spec, prepared, settings, work, twice);
  if (!twice || watched.stopped === 'cancelled') return watched;
  const everybody = normalisedRows(core, prepared.rows, prepared.normalisation);
  const began = performance.now();
  const tell = (epoch: number, secondsLeft: number): void =>
    work.onTrain?.({ phase: 'refit', epoch, epochs: watched.bestEpoch, secondsLeft });
  tell(
    0,
    watched.history.reduce((sum, epoch) => sum + epoch.seconds, 0),
  );
  const final = await engine.train(spec, everybody, undefined, {
    ...optionsFor(settings, prepared, everybody, work),
    epochs: watched.bestEpoch,
    patience: 0,
    onEpoch: ({ epoch, epochs }) => tell(epoch, ((performance.now() - began) / 1000 / epoch) * (epochs - epoch)),
  });
  return withWeights(watched, final);
}

/** The curves of the one, the weights of the other. */
function withWeights(watched: TrainResult, final: TrainResult): TrainResult {
  const cancelled = watched.stopped === 'cancelled' || final.stopped === 'cancelled';
  return { ...watched, weights: final.weights, stopped: cancelled ? 'cancelled' : watched.stopped };
}

function watchedTraining(
  engine: TrainEngine,
  spec: ModelSpec,
  prepared: Prepared,
  settings: TrainSettings,
  work: TrainWork,
  moreFollows: boolean,
): Promise<TrainResult> {
  const began = performance.now();
  return engine.train(spec, prepared.training, prepared.validation, {
    ...optionsFor(settings, prepared, prepared.training, work),
    onEpoch: (epoch) => {
      const perEpoch = (performance.now() - began) / 1000 / epoch.epoch;
      // A second training takes about as long again.
      const left = epoch.epochs - epoch.epoch + (moreFollows ? epoch.epoch : 0);
      work.onTrain?.({ phase: 'epoch', epoch, secondsLeft: perEpoch * left });
    },
  });
}

interface Scores {
  readonly float: ScoreReport | null;
  readonly int8: ScoreReport | null;
}

async function evaluate(
  core: Core,
  engine: TrainEngine,
  spec: ModelSpec,
  result: TrainResult,
  quantized: QuantizedModel,
  prepared: Prepared,
): Promise<Scores> {
  const rows = prepared.heldOut;
  if (!rows) return { float: null, int8: null };
  const { x, count } = normalisedRows(core, rows, prepared.normalisation);
  const float = await engine.predict(spec, result.weights, x, count);
  const int8 = runInt8(core, quantized, x, count);
  return {
    float: score({ engine: 'float', rows, scores: float }),
    int8: score({ engine: 'int8', rows, scores: int8.scores }),
  };
}

const cancelled = () =>
  new ProjectError(
    'cancelled',
    'Training was cancelled.',
    'The model from before is still there; train again when you like.',
  );

/** Trains the project's model and keeps it. Throws ProjectError or the error of the step that failed; the model before stays. */
export async function trainProject(project: Project, work: TrainWork = {}): Promise<TrainedModel> {
  const core = await loadCore();
  const settings = { ...project.settings.training, ...work.settings };
  const begun = performance.now();
  // As it is now: what changes while it trains, the model has not seen.
  const fingerprint = project.fingerprint();
  const prepared = await prepare(project, core, settings, work);
  const featuresDone = performance.now();
  const spec = specFor(settings, prepared.resolved, prepared.labels.length);
  const engine = engineFor(settings);
  try {
    const engineName = await engine.describe();
    const result = await fit(engine, spec, core, prepared, settings, work);
    if (result.stopped === 'cancelled') throw cancelled();
    const trainDone = performance.now();
    work.onTrain?.({ phase: 'quantise' });
    const calibration = balancedCalibration(prepared.training, prepared.labels.length, calibrationRows, settings.seed);
    const quantized = quantiseModel(spec, result.weights, {
      ...calibration,
      name: project.settings.name,
    });
    work.onTrain?.({ phase: 'evaluate' });
    const scores = await evaluate(core, engine, spec, result, quantized, prepared);
    const report: TrainReport = {
      engine: engineName,
      settings,
      labels: prepared.labels,
      trainingRows: prepared.training.count,
      validationRows: prepared.watchesHeldOut ? 0 : (prepared.validation?.count ?? 0),
      testingRows: prepared.heldOut?.count ?? 0,
      splitBy: prepared.splitBy,
      testedOn: prepared.testedOn,
      history: result.history,
      bestEpoch: result.bestEpoch,
      stopped: result.stopped,
      parameters: parameterCount(spec),
      macs: macsOf(spec),
      tfliteBytes: quantized.tflite.length,
      tfliteSha256: createHash('sha256').update(quantized.tflite).digest('hex'),
      featureSeconds: (featuresDone - begun) / 1000,
      trainSeconds: (trainDone - featuresDone) / 1000,
      ...scores,
      warnings: prepared.warnings,
    };
    const golden = await goldenFor(project, core, prepared, quantized);
    const model: TrainedModel = {
      report,
      fingerprint,
      resolved: prepared.resolved,
      normalisation: prepared.normalisation,
      spec,
      weights: result.weights,
      quantized,
      golden,
    };
    if (work.signal?.aborted) throw cancelled();
    await project.keepTrained(model);
    work.onTrain?.({ phase: 'finished' });
    return model;
  } finally {
    await engine.close();
  }
}

/** A few windows with what the model must answer on the board, from captures that training has not seen where there are any. */
async function goldenFor(project: Project, core: Core, prepared: Prepared, quantized: QuantizedModel) {
  const { resolved, normalisation, labels } = prepared;
  const rows = prepared.heldOut ?? prepared.rows;
  const step = Math.max(1, Math.floor(rows.count / goldenCandidates));
  const windows: Float32Array[] = [];
  for (let row = 0; row < rows.count; row += step)
    windows.push(cutWindow(await project.dataset.get(rows.captureIds[row]), rows.starts[row], resolved));
  const manifest = manifestOf(project.settings, core, { resolved, normalisation, quantized }, labels);
  return goldenVectors(core, manifest, quantized.tflite, windows);
}
