/** Scores a model that only knows what is normal: on normal captures held out, and on everything that is not normal. */
import { setImmediate } from 'node:timers/promises';
import type { LongWork } from '../base';
import { loadCore } from '../core';
import { ProjectError } from './errors';
import type { Project } from './project';
import type { ScoreReport } from './reports';
import { capturesOf, labelsOf, normalisedRows, rowsOf } from './rows';
import type { TrainedModel } from './trained';
import { anomalyScoreReport, ratiosOf } from './anomaly-scoring';

/** Nothing unusual ever taught, so all of it may test, also what stands among the training captures. */
export async function testAnomaly(
  project: Project,
  model: TrainedModel,
  engine: ScoreReport['engine'],
  work: LongWork,
): Promise<ScoreReport> {
  if (engine === 'device')
    throw new ProjectError(
      'bad-argument',
      'Anomaly models are not tested on the board: their score is computed there by the very code that runs here.',
      'Test in int8, or watch the board in Live.',
    );
  const { anomaly } = model;
  const core = await loadCore();
  const normal = anomaly?.view.normal ?? [];
  const captures = capturesOf(project).filter(({ label, split }) => split === 'testing' || !normal.includes(label));
  if (!anomaly || captures.length === 0)
    throw new ProjectError(
      'needs-data',
      'No captures are held out for testing.',
      'Set some aside in Data (or with "dormouse split"), then test again.',
    );
  const rows = await rowsOf(project, core, model.resolved, captures, labelsOf(captures), work);
  await setImmediate();
  if (work.signal?.aborted)
    throw new ProjectError('cancelled', 'The test was cancelled.', 'Run it again when you like.');
  const began = performance.now();
  const { x, count } = normalisedRows(core, rows, model.normalisation);
  const ratios = ratiosOf(core, anomaly.detector, model.quantized, x);
  const micros = ((performance.now() - began) * 1000) / Math.max(1, count);
  const { kind, threshold, quantile } = anomaly.view;
  work.onProgress?.({ step: 'Testing', done: count, total: count });
  return {
    ...anomalyScoreReport(engine, rows, normal, ratios, { kind, normal, threshold, quantile }),
    microsPerInference: micros,
  };
}
