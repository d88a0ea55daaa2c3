/**
 * Learning what is normal by a network that repeats its input: what it repeats badly is unusual. A fifth of the normal
 * recordings is kept aside, for the curves and for the threshold.
 */
import { quantiseModel, runInt8 } from '../../compress';
import type { AnomalyDetector, Core, Normalisation } from '../../core';
import type { FeatureRows, ResolvedImpulse } from '../../impulse';
import { buildModel, type ModelSpec } from '../../model';
import type { EpochReport, LabelledRows } from '../../train';
import { ProjectError } from '../errors';
import type { TrainSettings } from '../reports';
import { normalisedRows } from '../rows';
import { foldsOf } from './anomaly';
import type { LearnedNormal } from './anomaly-project';
import { engineFor, scheduleOf } from './engine';
import { cancelled, type TrainWork } from './work';

const folds = 5;
const calibrationRows = 512;

/** The network answers a flat list, whatever the shape of its input. */
const flat = ({ count, x }: LabelledRows): LabelledRows => ({ count, x, y: new Int32Array(0), targets: 'input' });

export interface NormalFeatures {
  readonly rows: FeatureRows;
  readonly resolved: ResolvedImpulse;
  readonly normalisation: Normalisation;
  /** Stored in the .tflite. */
  readonly name: string;
}

/** @throws ProjectError `cancelled`, `needs-data`; TrainError. */
export async function fitAutoencoder(
  core: Core,
  { rows, resolved, normalisation, name }: NormalFeatures,
  settings: TrainSettings,
  work: TrainWork,
): Promise<LearnedNormal> {
  const spec: ModelSpec = buildModel({
    kind: 'autoencoder',
    size: settings.size,
    inputShape: resolved.inputShape,
    classes: 2,
  });
  const foldOf = foldsOf(rows.groups, folds, settings.seed);
  const side = (aside: boolean) => {
    const indices = [...foldOf.keys()].filter((row) => (foldOf[row] === 0) === aside);
    return flat(normalisedRows(core, rows, normalisation, indices));
  };
  const [training, aside] = [side(false), side(true)];
  if (aside.count === 0 || training.count < 2)
    throw new ProjectError(
      'needs-data',
      'There are too few recordings of what is normal to keep some aside for the threshold.',
      'Record at least five, or choose k-means.',
    );
  const engine = engineFor(settings);
  try {
    const began = performance.now();
    const result = await engine.train(spec, training, aside, {
      epochs: settings.epochs,
      batchSize: settings.batchSize,
      learningRate: settings.learningRate,
      optimiser: settings.optimiser,
      schedule: scheduleOf(settings),
      seed: settings.seed,
      threads: settings.threads,
      patience: settings.patience,
      signal: work.signal,
      onEpoch: (epoch: EpochReport) => {
        const secondsEach = (performance.now() - began) / 1000 / epoch.epoch;
        work.onTrain?.({ phase: 'epoch', epoch, secondsLeft: secondsEach * (epoch.epochs - epoch.epoch) });
      },
    });
    if (result.stopped === 'cancelled') throw cancelled();
    work.onTrain?.({ phase: 'quantise' });
    const width = training.x.length / training.count;
    const some = Math.min(training.count, calibrationRows);
    const calibration = training.x.subarray(0, some * width);
    const quantized = quantiseModel(spec, result.weights, { calibration, calibrationCount: some, name });
    const { int8 } = runInt8(core, quantized, aside.x, aside.count);
    const detector: AnomalyDetector = { kind: 'reconstruction', features: width, threshold: 1 };
    const answers = { rows: int8, scale: quantized.outputScale, zeroPoint: quantized.outputZeroPoint };
    const scores = core.anomalyScore(detector, aside.x, answers);
    const { history, weights } = result;
    return { detector, scores, spec, weights, quantized, history, engine: await engine.describe() };
  } finally {
    await engine.close();
  }
}
