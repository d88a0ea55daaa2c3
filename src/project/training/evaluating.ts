/** How good it became, on captures that were held out; and the few windows whose answers the board must repeat. */
import { runInt8, type QuantizedModel } from '../../compress';
import type { Core } from '../../core';
import { goldenVectors, type GoldenVector } from '../../deploy';
import { cutWindow } from '../../impulse';
import type { ModelSpec, ModelWeights } from '../../model';
import type { TrainEngine } from '../../train';
import type { ScoreReport } from '../contract';
import { manifestOf } from '../deploying';
import type { Project } from '../project';
import { normalisedRows } from '../rows';
import { score } from '../scoring';
import type { PreparedRows } from './rows';

/** Windows that golden vectors are chosen from. */
const goldenCandidates = 24;

export interface Scores {
  readonly float: ScoreReport | null;
  readonly int8: ScoreReport | null;
}

export async function evaluate(
  core: Core,
  engine: TrainEngine,
  prepared: PreparedRows,
  spec: ModelSpec,
  weights: ModelWeights,
  quantized: QuantizedModel,
): Promise<Scores> {
  const rows = prepared.heldOut;
  if (!rows) return { float: null, int8: null };
  const { x, count } = normalisedRows(core, rows, prepared.normalisation);
  const float = await engine.predict(spec, weights, x, count);
  const int8 = runInt8(core, quantized, x, count);
  return {
    float: score({ engine: 'float', rows, scores: float }),
    int8: score({ engine: 'int8', rows, scores: int8.scores }),
  };
}

/** A few windows with what the model must answer on the board, from captures that training has not seen where there are any. */
export async function goldenFor(
  project: Project,
  core: Core,
  prepared: PreparedRows,
  quantized: QuantizedModel,
): Promise<GoldenVector[]> {
  const { resolved, normalisation, labels } = prepared;
  const rows = prepared.heldOut ?? prepared.rows;
  const step = Math.max(1, Math.floor(rows.count / goldenCandidates));
  const windows: Float32Array[] = [];
  for (let row = 0; row < rows.count; row += step)
    windows.push(cutWindow(await project.dataset.get(rows.captureIds[row]), rows.starts[row], resolved));
  const manifest = manifestOf(project.settings, core, { resolved, normalisation, quantized }, labels);
  return goldenVectors(core, manifest, quantized.tflite, windows);
}
