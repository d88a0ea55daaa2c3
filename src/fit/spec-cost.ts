/**
 * What a network would cost once it is int8, before it is trained: the question that pruning towards a target asks
 * again and again. Counts on the very .tflite that would be written, with weights that mean nothing.
 */
import { quantiseModel, readTflite } from '../compress';
import { initialWeights, product, type ModelSpec } from '../model';
import { modelEstimate } from './costs';
import { profileOf } from './fit';

export interface SpecCost {
  /** Of the .tflite. */
  readonly bytes: number;
  /** Multiply-accumulates of one inference. */
  readonly macs: number;
  /** Of one inference on a board, features not counted; estimated as in `estimateFit`. @throws FitError `unknown-board`. */
  readonly latencyMs: (board: string) => number;
}

/** @throws ModelError or CompressError for a network that cannot be built or written. */
export function costOfSpec(spec: ModelSpec): SpecCost {
  const calibration = new Float32Array(product(spec.input));
  const { tflite } = quantiseModel(spec, initialWeights(spec, 1), { calibration, calibrationCount: 1 });
  const summary = readTflite(tflite);
  return {
    bytes: tflite.length,
    macs: summary.macs,
    latencyMs: (board) => modelEstimate(summary, profileOf(board)).ms,
  };
}
