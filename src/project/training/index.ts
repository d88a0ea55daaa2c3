/**
 * One press of "Train": features, a split that keeps people apart, training, shrinking to int8, and an honest score on
 * captures that were held out. Each step is a file beside this one; this is their order. Cancelled anywhere, what was
 * reached by then is written down, for who wants to continue.
 */
import { createHash } from 'node:crypto';
import { loadCore } from '../../core';
import { macsOf, parameterCount } from '../../model';
import type { TrainReport } from '../contract';
import type { Project } from '../project';
import type { TrainedModel } from '../trained';
import { trainAnomalyProject } from './anomaly-project';
import { besideClassifier } from './anomaly-beside';
import { chooseModel } from './choice';
import { engineFor } from './engine';
import { findsObjects, trainObjectsProject } from './objects-project';
import { goldenFor } from './evaluating';
import { fitModel, keepFitted, type Fitting } from './fitting';
import { checkPrunable } from './pruning';
import { prepareRows } from './rows';
import { shrink } from './shrinking';
import { forgetUnfinished, loadUnfinished, unfinishedKey } from './unfinished';
import { cancelled, explained, type TrainWork } from './work';

export { choicesFor } from './choices';
export { engineFor } from './engine';
export type { TrainWork } from './work';

const nothingToContinue =
  'There was no cancelled training of these data and settings to continue, so it began from the start.';

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
  if (project.settings.task === 'anomaly' && settings.anomaly.kind !== 'none')
    return trainAnomalyProject(project, settings, work);
  if (findsObjects(project, settings)) return trainObjectsProject(project, settings, work);
  const begun = performance.now();
  // As it is now: what changes while it trains, the model has not seen.
  const fingerprint = project.fingerprint();
  const prepared = await prepareRows(project, core, settings, work);
  const featuresDone = performance.now();
  const { inputShape } = prepared.resolved;
  const chosen = await chooseModel(settings, project.settings.task, inputShape, prepared.labels.length);
  await checkPrunable(chosen.spec, settings.prune);
  const engine = engineFor(settings);
  try {
    const { folder } = project;
    const key = unfinishedKey(fingerprint, settings, chosen);
    const unfinished = work.resume ? await loadUnfinished(folder, key) : null;
    const fitting: Fitting = { core, engine, chosen, prepared, settings, work, folder, key, unfinished };
    const fitted = await fitModel(fitting);
    const trainDone = performance.now();
    const after = { ...fitting, name: project.settings.name, fitted };
    const shrunk = await shrink(after).catch(async (error: unknown) => {
      // What is trained is trained: continuing goes on from here.
      if (work.signal?.aborted) await keepFitted(fitting, fitted);
      throw error;
    });
    const { spec, weights, quantized } = shrunk;
    const { anomaly, int8 } = await besideClassifier(project, core, prepared, settings, shrunk.scores.int8);
    const report: TrainReport = {
      engine: await engine.describe(),
      settings,
      labels: prepared.labels,
      trainingRows: prepared.trainingWindows,
      validationRows: prepared.watchesHeldOut ? 0 : (prepared.validation?.count ?? 0),
      testingRows: prepared.heldOut?.count ?? 0,
      splitBy: prepared.splitBy,
      testedOn: prepared.testedOn,
      history: fitted.history,
      bestEpoch: fitted.bestEpoch,
      stopped: fitted.stopped,
      parameters: parameterCount(spec),
      macs: macsOf(spec),
      tfliteBytes: quantized.tflite.length,
      tfliteSha256: createHash('sha256').update(quantized.tflite).digest('hex'),
      featureSeconds: (featuresDone - begun) / 1000,
      trainSeconds: (trainDone - featuresDone) / 1000,
      ...shrunk.scores,
      int8,
      quantisation: shrunk.quantisation,
      warnings: [...(work.resume && !unfinished ? [nothingToContinue] : []), ...prepared.warnings, ...shrunk.warnings],
    };
    const { resolved, normalisation } = prepared;
    const { variants } = shrunk;
    const made = { report, fingerprint, resolved, normalisation, spec, weights, quantized, variants, anomaly };
    const model = { ...made, golden: await goldenFor(project, core, prepared, made) };
    if (work.signal?.aborted) {
      await keepFitted(fitting, fitted);
      throw cancelled();
    }
    await project.keepTrained(model);
    await forgetUnfinished(folder);
    work.onTrain?.({ phase: 'finished' });
    return model;
  } finally {
    await engine.close();
  }
}
