/** Scores the trained model on the held-out captures: in float, in int8 through the core, or on the board itself. */
import { setImmediate } from 'node:timers/promises';
import type { LongWork } from '../base';
import { loadCore } from '../core';
import type { FeatureRows } from '../impulse';
import type { Device } from '../link';
import { compareVariants } from './compressing';
import type { CompressionReport, ScoreReport } from './contract';
import { ProjectError } from './errors';
import type { Project } from './project';
import { capturesOf, normalisedRows, rowsOf } from './rows';
import { int8InSteps, score, thresholdOf } from './scoring';
import { knowsNormalOnly, type TrainedModel } from './trained';
import { testAnomaly } from './testing-anomaly';
import { engineFor } from './training';
import { testObjects } from './training/objects-project';

const cancelled = () => new ProjectError('cancelled', 'The test was cancelled.', 'Run it again when you like.');

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

/** Windows of one inference each over the wire; any byte that differs from the app's own answer is counted. */
async function onDevice(
  device: Device,
  inputs: Int8Array,
  expected: Int8Array,
  count: number,
  classes: number,
  work: LongWork,
) {
  const outputs = new Int8Array(count * classes);
  const width = inputs.length / count;
  let mismatches = 0;
  let micros = 0;
  for (let row = 0; row < count; row++) {
    if (work.signal?.aborted) throw cancelled();
    const input = inputs.subarray(row * width, (row + 1) * width);
    const answer = await device.infer('input', new Uint8Array(input.buffer, input.byteOffset, input.byteLength));
    if (answer.output.length !== classes)
      throw new ProjectError(
        'device-cannot',
        'The board runs another model than this project.',
        'Flash this model to it, then test again.',
      );
    outputs.set(answer.output, row * classes);
    micros += answer.modelMicros;
    if (answer.output.some((value, i) => value !== expected[row * classes + i])) mismatches++;
    work.onProgress?.({ step: 'Testing on the board', done: row + 1, total: count });
  }
  return { outputs, mismatches, microsPerInference: micros / count };
}

export async function testProject(
  project: Project,
  engineName: ScoreReport['engine'],
  device: Device | null,
  work: LongWork = {},
): Promise<ScoreReport> {
  const model = await project.needTrained();
  const core = await loadCore();
  if (model.thresholds) {
    if (engineName === 'int8') return testObjects(project, model, { signal: work.signal });
    throw new ProjectError('bad-argument', 'Found things are scored as a board finds them, in int8.', 'Test in int8.');
  }
  if (knowsNormalOnly(model)) return testAnomaly(project, model, engineName, work);
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
    if (work.signal?.aborted) throw cancelled();
    began = performance.now();
  });
  if (engineName === 'int8')
    return score({ engine: 'int8', rows, threshold, scores: int8.scores, microsPerInference: micros / count });
  if (!device)
    throw new ProjectError(
      'no-device',
      'No board is connected.',
      'Connect the board that runs this model, then test again.',
    );
  const { inputScale, inputZeroPoint, outputScale, outputZeroPoint } = model.quantized;
  const inputs = core.quantise(x, inputScale, inputZeroPoint);
  const board = await onDevice(device, inputs, int8.int8, count, rows.labels.length, work);
  const scores = Float32Array.from(board.outputs, (q) => outputScale * (q - outputZeroPoint));
  const { mismatches, microsPerInference } = board;
  return score({ engine: 'device', rows, threshold, scores, mismatches, microsPerInference });
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
        if (work.signal?.aborted) throw cancelled();
      },
    );
  } finally {
    await engine.close();
  }
}
