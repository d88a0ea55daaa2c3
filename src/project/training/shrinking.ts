/** All that makes a trained model small: pruning where it is asked for, int8 always; each form kept, and scored at the end. */
import type { QuantizedModel } from '../../compress';
import type { ModelSpec, ModelWeights } from '../../model';
import type { TrainResult } from '../../train';
import type { TrainReport } from '../contract';
import type { ModelVariant } from '../trained';
import { evaluate, type Scores } from './evaluating';
import type { Fitting } from './fitting';
import { pruneModel } from './pruning';
import { quantiseAfterTraining } from './quantising';

export interface Shrinking extends Fitting {
  /** Stored in the .tflite. */
  readonly name: string;
  readonly fitted: TrainResult;
}

export interface Shrunk {
  readonly spec: ModelSpec;
  readonly weights: ModelWeights;
  readonly quantized: QuantizedModel;
  readonly quantisation: TrainReport['quantisation'];
  readonly variants: readonly ModelVariant[];
  readonly scores: Scores;
  readonly warnings: readonly string[];
}

/** @throws ProjectError `cancelled`, or the error of the step that failed. */
export async function shrink(shrinking: Shrinking): Promise<Shrunk> {
  const { settings, fitted, chosen } = shrinking;
  const { prune } = settings;
  const trained = { spec: chosen.spec, weights: fitted.weights };
  const plain = await quantiseAfterTraining(shrinking, trained.spec, trained.weights);
  const variants: ModelVariant[] = [
    { id: 'float', ...trained, quantized: null },
    { id: 'int8', ...trained, quantized: plain },
  ];
  let model = trained;
  let quantized = plain;
  if (prune.kind !== 'none') {
    model = await pruneModel(shrinking, trained, prune);
    quantized = await quantiseAfterTraining(shrinking, model.spec, model.weights);
    variants.push({ id: 'pruned', ...model, quantized: null }, { id: 'prunedInt8', ...model, quantized });
  }
  const scores = await evaluate(shrinking, variants);
  return { ...model, quantized, quantisation: 'afterTraining', variants, scores, warnings: [] };
}
