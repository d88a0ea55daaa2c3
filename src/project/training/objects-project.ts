/**
 * Training where pictures carry boxes: a network that says for each cell of the picture what has its centre there, how
 * sure it must be of each label, and a score by what was found.
 */
import { createHash } from 'node:crypto';
import { balancedCalibration, quantiseModel } from '../../compress';
import type { LongWork } from '../../base';
import { loadCore, type Core } from '../../core';
import type { CaptureSummary } from '../../dataset';
import { fitNormalisation, resolveImpulse, type FeatureRows, type ResolvedImpulse } from '../../impulse';
import type { Device } from '../../link';
import { buildModel, macsOf, parameterCount, shapesOf, type Area, type ModelSpec } from '../../model';
import { defaultAugmentationFor, type EpochReport, type LabelledRows } from '../../train';
import { ProjectError } from '../errors';
import { answersOf, cellsOf, fitThresholds, objectsScore, seenBoxes, type Answers } from '../objects';
import type { Project } from '../project';
import type { ScoreReport, TrainReport, TrainSettings } from '../reports';
import { capturesOf, labelsOf, normalisedRows, rowsOf } from '../rows';
import { rowsOnDevice } from '../testing-senses';
import type { TrainedModel } from '../trained';
import { engineFor, scheduleOf } from './engine';
import { goldenFor } from './evaluating';
import { testedOn } from './rows';
import { cancelled, giveWay, type TrainWork } from './work';

/** Steps of an epoch at least: there is more to see in a picture of many things than in a row of one label. */
const leastSteps = 15;
const calibrationRows = 200;
const cell = 4;
const mostLabels = 200;

/** True where an image project's pictures for training carry boxes. */
export const hasBoxes = (project: Project): boolean =>
  project.settings.task === 'image' && capturesOf(project, 'training').some(({ boxes }) => boxes.length > 0);

/** True where there are boxes, and no other model was asked for. */
export const findsObjects = (project: Project, settings: Pick<TrainSettings, 'model' | 'transfer'>): boolean =>
  settings.model === 'auto' && !settings.transfer && hasBoxes(project);

/** The network that finds what has boxes in the training pictures, and the labels of those. */
export function objectsModel(
  project: Project,
  { size }: Pick<TrainSettings, 'size'>,
  inputShape: readonly number[],
): { readonly spec: ModelSpec; readonly labels: readonly string[] } {
  const boxes = capturesOf(project, 'training').flatMap((capture) => capture.boxes);
  const labels = [...new Set(boxes.map(({ label }) => label))].sort();
  if (labels.length > mostLabels)
    throw new ProjectError('needs-data', `There are ${labels.length} kinds of things in boxes.`, 'Merge some labels.');
  return { spec: buildModel({ kind: 'fomo', size, inputShape, classes: labels.length + 1, cell }), labels };
}

interface Pictures {
  readonly rows: FeatureRows;
  readonly boxes: readonly (readonly Area[])[];
}

async function picturesOf(
  project: Project,
  core: Core,
  resolved: ResolvedImpulse,
  captures: readonly CaptureSummary[],
  work: TrainWork,
): Promise<Pictures> {
  const rows = await rowsOf(project, core, resolved, captures, labelsOf(captures), {
    signal: work.signal,
    onProgress: ({ done, total }) => work.onTrain?.({ phase: 'features', done, total }),
  });
  const byId = new Map(captures.map((capture) => [capture.id, capture]));
  const boxes = rows.captureIds.map((id) => seenBoxes(core, resolved, byId.get(id) as CaptureSummary));
  return { rows, boxes };
}

/** Rarer labels count more, by the root of how much rarer they are: a share of all would drown them, its inverse shout. */
function weightsOf(y: Int32Array, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const label of y) counts[label]++;
  const weights = counts.map((count) => (count === 0 ? 0 : Math.sqrt(counts[0] / count)));
  const mean = counts.reduce((sum, count, i) => sum + count * weights[i], 0) / y.length;
  return weights.map((weight) => weight / mean);
}

interface Prepared {
  readonly labels: readonly string[];
  readonly resolved: ResolvedImpulse;
  readonly spec: ModelSpec;
  readonly grid: readonly [number, number];
  readonly normalisation: ReturnType<typeof fitNormalisation>;
  readonly training: Pictures;
  readonly testing: Pictures | null;
}

async function prepare(project: Project, core: Core, settings: TrainSettings, work: TrainWork): Promise<Prepared> {
  const captures = capturesOf(project, 'training');
  const resolved = resolveImpulse(project.settings.impulse, capturesOf(project), core);
  const { spec, labels } = objectsModel(project, settings, resolved.inputShape);
  const [rows, columns] = shapesOf(spec).at(-1) as readonly number[];
  const training = await picturesOf(project, core, resolved, captures, work);
  const held = capturesOf(project, 'testing');
  const testing = held.length > 0 ? await picturesOf(project, core, resolved, held, work) : null;
  const normalisation = fitNormalisation(training.rows, resolved);
  return { labels, resolved, spec, grid: [rows, columns], normalisation, training, testing };
}

function labelled(core: Core, { rows, boxes }: Pictures, { labels, grid, normalisation }: Prepared): LabelledRows {
  const { x, count } = normalisedRows(core, rows, normalisation);
  const y = new Int32Array(count * grid[0] * grid[1]);
  boxes.forEach((own, row) => y.set(cellsOf(own, labels, grid[0], grid[1]), row * grid[0] * grid[1]));
  return { count, x, y };
}

/** Trains and keeps; as trainProject(). */
export async function trainObjectsProject(
  project: Project,
  settings: TrainSettings,
  work: TrainWork,
): Promise<TrainedModel> {
  const core = await loadCore();
  const began = performance.now();
  const fingerprint = project.fingerprint();
  const prepared = await prepare(project, core, settings, work);
  const featuresDone = performance.now();
  const { labels, resolved, spec, grid, normalisation, training, testing } = prepared;
  const rows = labelled(core, training, prepared);
  const watching = testing ? labelled(core, testing, prepared) : undefined;
  const engine = engineFor(settings);
  try {
    const started = performance.now();
    const fitted = await engine.train(spec, rows, watching, {
      epochs: settings.epochs,
      batchSize: settings.batchSize,
      learningRate: settings.learningRate,
      optimiser: settings.optimiser,
      schedule: scheduleOf(settings),
      seed: settings.seed,
      threads: settings.threads,
      // Held-out pictures may draw the curves, but choose nothing.
      patience: 0,
      leastSteps,
      classWeights: weightsOf(rows.y, labels.length + 1),
      augmentation: settings.augment ? defaultAugmentationFor('image') : undefined,
      signal: work.signal,
      onEpoch: (epoch: EpochReport) => {
        const secondsEach = (performance.now() - started) / 1000 / epoch.epoch;
        work.onTrain?.({ phase: 'epoch', epoch, secondsLeft: secondsEach * (epoch.epochs - epoch.epoch) });
      },
    });
    if (fitted.stopped === 'cancelled') throw cancelled();
    const trainDone = performance.now();
    work.onTrain?.({ phase: 'quantise' });
    await giveWay(work);
    const calibration = balancedCalibration(rows, labels.length + 1, calibrationRows, settings.seed);
    const quantized = quantiseModel(spec, fitted.weights, { ...calibration, name: project.settings.name });
    await giveWay(work);
    const answer = ({ x, count }: LabelledRows): Answers => answersOf(core, quantized, x, count, grid, labels.length);
    const thresholds = fitThresholds(core, answer(rows), training.boxes, labels);
    work.onTrain?.({ phase: 'evaluate', done: 0, total: testing?.rows.count ?? 0 });
    const int8 =
      testing && watching
        ? objectsScore(core, answer(watching), testing.rows, testing.boxes, labels, thresholds)
        : null;
    const report: TrainReport = {
      engine: await engine.describe(),
      settings,
      labels,
      trainingRows: rows.count,
      validationRows: 0,
      testingRows: watching?.count ?? 0,
      splitBy: 'capture',
      testedOn: testedOn(capturesOf(project, 'training'), capturesOf(project, 'testing')),
      history: fitted.history,
      bestEpoch: fitted.bestEpoch || fitted.history.length,
      stopped: fitted.stopped,
      parameters: parameterCount(spec),
      macs: macsOf(spec),
      tfliteBytes: quantized.tflite.length,
      tfliteSha256: createHash('sha256').update(quantized.tflite).digest('hex'),
      featureSeconds: (featuresDone - began) / 1000,
      trainSeconds: (trainDone - featuresDone) / 1000,
      quantisation: 'afterTraining',
      float: null,
      int8,
      compression: null,
      warnings: [
        ...(resolved.warnings ?? []),
        ...(testing
          ? []
          : ['No captures are held out for testing, so there is no honest score. Set some aside in Data.']),
      ],
    };
    const { weights } = fitted;
    const made = { report, fingerprint, resolved, normalisation, spec, weights, quantized, variants: [], thresholds };
    const sample = { rows: training.rows, heldOut: testing?.rows ?? null };
    const model: TrainedModel = { ...made, golden: await goldenFor(project, core, sample, made) };
    if (work.signal?.aborted) throw cancelled();
    await project.keepTrained(model);
    work.onTrain?.({ phase: 'finished' });
    return model;
  } finally {
    await engine.close();
  }
}

/** The held-out pictures once more, through the trained model, or the board that runs it. @throws ProjectError `needs-data`. */
export async function testObjects(
  project: Project,
  model: TrainedModel,
  board: Device | null,
  work: LongWork,
): Promise<ScoreReport> {
  const core = await loadCore();
  const { quantized } = model;
  const { labels } = model.report;
  const captures = capturesOf(project, 'testing');
  if (captures.length === 0)
    throw new ProjectError(
      'needs-data',
      'No captures are held out for testing.',
      'Set some aside in Data (or with "dormouse split"), then test again.',
    );
  const { rows, boxes } = await picturesOf(project, core, model.resolved, captures, { signal: work.signal });
  const [high, wide] = shapesOf(model.spec).at(-1) as readonly number[];
  const { x, count } = normalisedRows(core, rows, model.normalisation);
  const began = performance.now();
  const answers = answersOf(core, quantized, x, count, [high, wide], labels.length);
  const microsPerInference = ((performance.now() - began) * 1000) / count;
  const thresholds = model.thresholds ?? labels.map(() => project.settings.live.threshold);
  if (!board) return { ...objectsScore(core, answers, rows, boxes, labels, thresholds), microsPerInference };
  const captureOf = (id: string) => project.dataset.get(id);
  const held = { rows, x, outputs: answers.int8, captureOf };
  const { outputs, ...tested } = await rowsOnDevice(core, board, model, held, work);
  const found = { ...answers, int8: outputs };
  return { ...objectsScore(core, found, rows, boxes, labels, thresholds), engine: 'device', ...tested };
}
