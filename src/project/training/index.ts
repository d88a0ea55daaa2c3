/**
 * One press of "Train": features, a split that keeps people apart, training, shrinking to int8, and an honest score on
 * captures that were held out. Each step is a file beside this one; this is their order.
 */
import { createHash } from 'node:crypto';
import { balancedCalibration, quantiseModel } from '../../compress';
import { loadCore } from '../../core';
import { macsOf, parameterCount } from '../../model';
import type { TrainReport } from '../contract';
import type { Project } from '../project';
import type { TrainedModel } from '../trained';
import { specFor } from './choice';
import { engineFor } from './engine';
import { evaluate, goldenFor } from './evaluating';
import { fitModel } from './fitting';
import { prepareRows } from './rows';
import { cancelled, explained, giveWay, type TrainWork } from './work';

export { choicesFor } from './choice';
export { engineFor } from './engine';
export type { TrainWork } from './work';

const calibrationRows = 512;

/** Trains the project's model and keeps it. Throws ProjectError or the error of the step that failed; the model before stays. */
export async function trainProject(project: Project, work: TrainWork = {}): Promise<TrainedModel> {
  try {
    return await runTraining(project, work);
  } catch (error) {
    throw explained(error);
  }
}

async function runTraining(project: Project, work: TrainWork): Promise<TrainedModel> {
  const core = await loadCore();
  const settings = { ...project.settings.training, ...work.settings };
  const begun = performance.now();
  // As it is now: what changes while it trains, the model has not seen.
  const fingerprint = project.fingerprint();
  const prepared = await prepareRows(project, core, settings, work);
  const featuresDone = performance.now();
  const spec = specFor(settings, prepared.resolved.inputShape, prepared.labels.length);
  const engine = engineFor(settings);
  try {
    const engineName = await engine.describe();
    const result = await fitModel({ core, engine, spec, prepared, settings, work });
    const trainDone = performance.now();
    work.onTrain?.({ phase: 'quantise' });
    await giveWay(work);
    const calibration = balancedCalibration(prepared.training, prepared.labels.length, calibrationRows, settings.seed);
    const quantized = quantiseModel(spec, result.weights, { ...calibration, name: project.settings.name });
    work.onTrain?.({ phase: 'evaluate' });
    await giveWay(work);
    const scores = await evaluate(core, engine, prepared, spec, result.weights, quantized);
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
    const { resolved, normalisation } = prepared;
    const model = { report, fingerprint, resolved, normalisation, spec, weights: result.weights, quantized, golden };
    if (work.signal?.aborted) throw cancelled();
    await project.keepTrained(model);
    work.onTrain?.({ phase: 'finished' });
    return model;
  } finally {
    await engine.close();
  }
}
