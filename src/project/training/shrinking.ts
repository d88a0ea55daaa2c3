/** All that makes a trained model small: pruning where it is asked for, int8 always; each form kept, and scored at the end. */
import type { QuantizedModel } from '../../compress';
import type { ModelSpec, ModelWeights } from '../../model';
import type { TrainResult } from '../../train';
import type { TrainReport } from '../contract';
import type { ModelVariant } from '../trained';
import { evaluate, type Scores } from './evaluating';
import type { Fitting } from './fitting';
import { pruneModel } from './pruning';
import { quantiseAfterTraining, quantiseAware } from './quantising';

export interface Weighted {
  readonly spec: ModelSpec;
  readonly weights: ModelWeights;
}

export interface Shrinking extends Fitting {
  /** Stored in the .tflite. */
  readonly name: string;
  readonly fitted: TrainResult;
}

export interface Shrunk extends Weighted {
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
  const plain = await quantiseAfterTraining(shrinking, trained);
  const variants: ModelVariant[] = [
    { id: 'float', ...trained, quantized: null },
    { id: 'int8', ...trained, quantized: plain },
  ];
  let model = trained;
  let quantized = plain;
  if (prune.kind !== 'none') {
    model = await pruneModel(shrinking, trained, prune);
    quantized = await quantiseAfterTraining(shrinking, model);
    variants.push({ id: 'pruned', ...model, quantized: null }, { id: 'prunedInt8', ...model, quantized });
  }
  const aware = await quantiseAware(shrinking, model, quantized);
  const better = aware !== null && aware.quantized !== quantized;
  if (better) variants.push({ id: 'aware', spec: aware.spec, weights: aware.weights, quantized: aware.quantized });
  const last = variants[variants.length - 1];
  const scores = await evaluate(shrinking, variants);
  return {
    spec: last.spec,
    weights: last.weights,
    quantized: better ? aware.quantized : quantized,
    quantisation: better ? 'aware' : 'afterTraining',
    variants,
    scores,
    warnings: [...(aware?.warning === undefined ? [] : [aware.warning]), ...pruningWarning(shrinking, scores)],
  };
}

/** On the held-out windows; more than this is worth a word. */
const bearableLoss = 0.02;

function pruningWarning({ settings }: Shrinking, { float, int8 }: Scores): string[] {
  const lost = (float?.accuracy ?? NaN) - (int8?.accuracy ?? NaN);
  if (settings.prune.kind === 'none' || !(lost > bearableLoss)) return [];
  return [
    `The pruned model gets ${(100 * lost).toFixed(1)} % fewer held-out windows right than the whole one did: choose a milder target, or more epochs.`,
  ];
}
