/** Scores the trained model on the held-out captures: in float, in int8 through the core, or on the board itself. */
import { setImmediate } from 'node:timers/promises';
import type { LongWork } from '../base';
import { loadCore } from '../core';
import type { FeatureRows } from '../impulse';
import type { Device } from '../link';
import { compareVariants } from './compressing';
import type { CompressionReport, ScoreReport } from './contract';
import { ProjectError } from './errors';
import { measureOnDevice } from './measuring';
import type { Project } from './project';
import { capturesOf, normalisedRows, rowsOf } from './rows';
import { int8InSteps, score, thresholdOf } from './scoring';
import { knowsNormalOnly, type TrainedModel } from './trained';
import { needDevice, testCancelled } from './testing-device';
import { rowsOnDevice } from './testing-senses';
import { testAnomaly } from './testing-anomaly';
import { engineFor } from './training';
import { testObjects } from './training/objects-project';

async function heldOutRows(project: Project, model: TrainedModel, work: LongWork): Promise<FeatureRows> {
  const labels = model.report.labels;
  const captures = capturesOf(project, 'testing').filter((capture) => labels.includes(capture.label));
  if (captures.length === 0)
    throw new ProjectError(
      'needs-data',
      'No captures are held out for testing.',
      'Set some aside in Data (or with "dormouse split"), then test again.',
    );
  return rowsOf(project, await loadCore(), model.resolved, captures, labels, work);
}

/** On a board its own times are taken and kept as well, so that `fitProject` knows them. */
export async function testProject(
  project: Project,
  engineName: ScoreReport['engine'],
  device: Device | null,
  work: LongWork = {},
): Promise<ScoreReport> {
  const report = await scoreProject(project, engineName, device, work);
  if (engineName !== 'device') return report;
  const times = await measureOnDevice(project, needDevice(device));
  if (!times) return report;
  const { dspMicros, modelMicros, layers } = times;
  return { ...report, measured: { dspMicros, modelMicros, layers } };
}

async function scoreProject(
  project: Project,
  engineName: ScoreReport['engine'],
  device: Device | null,
  work: LongWork,
): Promise<ScoreReport> {
  const model = await project.needTrained();
  const core = await loadCore();
  const board = engineName === 'device' ? needDevice(device) : null;
  if (model.thresholds) {
    if (engineName !== 'float') return testObjects(project, model, board, work);
    throw new ProjectError('bad-argument', 'Found things are scored as a board finds them, in int8.', 'Test in int8.');
  }
  if (knowsNormalOnly(model)) return testAnomaly(project, model, engineName, board, work);
  const rows = await heldOutRows(project, model, work);
  const { x, count } = normalisedRows(core, rows, model.normalisation);
  const threshold = thresholdOf(model.report.settings);
  if (engineName === 'float') {
    const [{ spec, weights }] = model.variants;
    const engine = engineFor(model.report.settings);
    try {
      return score({ engine: 'float', rows, threshold, scores: await engine.predict(spec, weights, x, count) });
    } finally {
      await engine.close();
    }
  }
  let micros = 0;
  let began = performance.now();
  const int8 = await int8InSteps(core, model.quantized, x, count, async (done) => {
    micros += (performance.now() - began) * 1000;
    work.onProgress?.({ step: 'Testing', done, total: count });
    await setImmediate();
    if (work.signal?.aborted) throw testCancelled();
    began = performance.now();
  });
  if (!board)
    return score({ engine: 'int8', rows, threshold, scores: int8.scores, microsPerInference: micros / count });
  const { outputScale, outputZeroPoint } = model.quantized;
  const captureOf = (id: string) => project.dataset.get(id);
  const held = { rows, x, outputs: int8.int8, captureOf };
  const { outputs, sensed, ...tested } = await rowsOnDevice(core, board, model, held, work);
  const scores = Float32Array.from(outputs, (q) => outputScale * (q - outputZeroPoint));
  return { ...score({ engine: 'device', rows, threshold, scores, ...tested }), sensed };
}

/** Every form of the trained model on the captures that are held out now. */
export async function testCompression(project: Project, work: LongWork = {}): Promise<CompressionReport> {
  const model = await project.needTrained();
  if (model.variants.length === 0) return { count: 0, labels: model.report.labels, variants: [] };
  const core = await loadCore();
  const rows = await heldOutRows(project, model, work);
  const engine = engineFor(model.report.settings);
  try {
    return await compareVariants(
      core,
      engine,
      model.variants,
      rows,
      normalisedRows(core, rows, model.normalisation),
      async () => {
        await setImmediate();
        if (work.signal?.aborted) throw testCancelled();
      },
    );
  } finally {
    await engine.close();
  }
}
