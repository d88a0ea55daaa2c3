/** Scores a model that only knows what is normal: on normal captures held out, and on everything that is not normal. */
import { setImmediate } from 'node:timers/promises';
import type { LongWork } from '../base';
import { loadCore, type Core } from '../core';
import { windowAt, type FeatureRows } from '../impulse';
import type { Device, DeviceInference } from '../link';
import { ProjectError } from './errors';
import type { Project } from './project';
import type { ScoreReport } from './reports';
import { capturesOf, labelsOf, normalisedRows, rowsOf } from './rows';
import { otherModel, testCancelled, testOnDevice, type BoardTest } from './testing-device';
import type { TrainedModel } from './trained';
import { anomalyScoreReport, ratiosOf } from './anomaly-scoring';

/** Nothing unusual ever taught, so all of it may test, also what stands among the training captures. */
export async function testAnomaly(
  project: Project,
  model: TrainedModel,
  engine: ScoreReport['engine'],
  board: Device | null,
  work: LongWork,
): Promise<ScoreReport> {
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
  if (work.signal?.aborted) throw testCancelled();
  const began = performance.now();
  const { x, count } = normalisedRows(core, rows, model.normalisation);
  const ratios = ratiosOf(core, anomaly.detector, model.quantized, x);
  const micros = ((performance.now() - began) * 1000) / Math.max(1, count);
  const { kind, threshold, quantile } = anomaly.view;
  const known = { kind, normal, threshold, quantile };
  if (board) {
    const tested = await onDevice(project, core, model, rows, ratios, board, work);
    return { ...anomalyScoreReport(engine, rows, normal, tested.ratios, known), ...tested.board };
  }
  work.onProgress?.({ step: 'Testing', done: count, total: count });
  return { ...anomalyScoreReport(engine, rows, normal, ratios, known), microsPerInference: micros };
}

/** The score needs features, so the board is given whole windows and computes all of it. */
async function onDevice(
  project: Project,
  core: Core,
  model: TrainedModel,
  rows: FeatureRows,
  expected: Float32Array,
  board: Device,
  work: LongWork,
): Promise<{ readonly ratios: Float32Array; readonly board: BoardTest }> {
  const ratios = new Float32Array(rows.count);
  const ask = async (row: number): Promise<DeviceInference> => {
    const capture = await project.dataset.get(rows.captureIds[row]);
    const window = windowAt(core, capture, rows.starts[row], model.resolved);
    return board.infer('window', new Uint8Array(window.buffer, window.byteOffset, window.byteLength));
  };
  const keep = ({ anomaly }: DeviceInference, row: number): boolean => {
    if (anomaly === undefined) throw otherModel();
    ratios[row] = anomaly;
    return Object.is(ratios[row], expected[row]);
  };
  return { board: await testOnDevice(rows.count, ask, keep, work), ratios };
}
