/** How good it became, on captures that were held out; and the few windows whose answers the board must repeat. */
import type { Core } from '../../core';
import type { GoldenVector } from '../../deploy';
import { windowAt } from '../../impulse';
import { compareVariants } from '../compressing';
import type { CompressionReport, ScoreReport } from '../contract';
import { goldenOf } from '../golden';
import type { Project } from '../project';
import { normalisedRows } from '../rows';
import { int8InSteps, score, thresholdOf } from '../scoring';
import type { ModelVariant, TrainedModel } from '../trained';
import type { Fitting } from './fitting';
import type { PreparedRows } from './rows';
import { giveWay } from './work';

/** Windows that golden vectors are chosen from. */
const goldenCandidates = 24;

export interface Scores {
  readonly float: ScoreReport | null;
  readonly int8: ScoreReport | null;
  readonly compression: CompressionReport | null;
}

/** The float model before anything was shrunk, and the int8 one that goes on the board, on the held-out windows. */
export async function evaluate(fitting: Fitting, variants: readonly ModelVariant[]): Promise<Scores> {
  const { core, engine, prepared, settings, work } = fitting;
  const rows = prepared.heldOut;
  const [first] = variants;
  const { quantized } = variants[variants.length - 1];
  if (!rows || !quantized) return { float: null, int8: null, compression: null };
  const tell = async (done: number): Promise<void> => {
    work.onTrain?.({ phase: 'evaluate', done, total: rows.count });
    await giveWay(work);
  };
  await tell(0);
  const labelled = normalisedRows(core, rows, prepared.normalisation);
  const { x, count } = labelled;
  const float = await engine.predict(first.spec, first.weights, x, count);
  const int8 = await int8InSteps(core, quantized, x, count, tell);
  const threshold = thresholdOf(settings);
  const compression = await compareVariants(core, engine, variants, rows, labelled, () => giveWay(work));
  return {
    float: score({ engine: 'float', rows, scores: float, threshold }),
    int8: score({ engine: 'int8', rows, scores: int8.scores, threshold }),
    compression,
  };
}

/** A few windows with what the model must answer on the board, from captures that training has not seen where there are any. */
export async function goldenFor(
  project: Project,
  core: Core,
  prepared: Pick<PreparedRows, 'rows' | 'heldOut'>,
  model: Pick<TrainedModel, 'resolved' | 'normalisation' | 'quantized' | 'report' | 'anomaly' | 'thresholds'>,
): Promise<GoldenVector[]> {
  const rows = prepared.heldOut ?? prepared.rows;
  const step = Math.max(1, Math.floor(rows.count / goldenCandidates));
  const windows: Float32Array[] = [];
  for (let row = 0; row < rows.count; row += step)
    windows.push(windowAt(core, await project.dataset.get(rows.captureIds[row]), rows.starts[row], model.resolved));
  return goldenOf(project.settings, core, model, windows);
}
