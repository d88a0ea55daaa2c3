/**
 * Quantisation-aware fine-tuning: a trained network goes on training for a few epochs with the arithmetic of the int8
 * engine, so that its weights learn to bear the rounding; what training computes forward is what the written model
 * computes, byte for byte. Knows nothing of how rows were made.
 */
import type { LongWork } from '../base';
import type { Core } from '../core';
import type { ModelSpec, ModelWeights } from '../model';
import { TrainError, type EpochReport, type LabelledRows, type TrainEngine, type TrainOptions } from '../train';
import { foldBatchNorm, type WeightedModel } from './fold';
import { simulatedQuantisation, type SimulatedQuantisation } from './qat-ranges';
import { flips, isBetter, scoreOf, type Score } from './qat-score';
import { quantiseModel } from './quantise';
import { runInt8 } from './score';
import type { QuantizedModel, QuantizeOptions } from './types';

export interface FineTuneOptions extends LongWork {
  readonly core: Core;
  /** How the int8 model is written; its ranges are found once, with the weights before fine-tuning, and stay. */
  readonly quantisation: QuantizeOptions;
  /**
   * How the weights were trained: batches, seed, threads, optimiser, augmentation and class weights are the same again.
   * Pruned values (`sparsity`, `masks`) stay 0; layers that were frozen learn too, as all have to bear rounding.
   */
  readonly training: TrainOptions;
  /** Default 15 % of the training's, at least 3. */
  readonly epochs?: number | undefined;
  /** Default a tenth of the training's; falls linearly to a tenth of itself. */
  readonly learningRate?: number | undefined;
  readonly onEpoch?: ((epoch: EpochReport) => void) | undefined;
}

export interface FineTuned {
  /** Without batch norm and dropout. */
  readonly spec: ModelSpec;
  /** In floating point, of the model that was kept. */
  readonly weights: ModelWeights;
  readonly quantized: QuantizedModel;
  /** `plain`: the model quantised without fine-tuning, because that made it no better on the watched rows. */
  readonly kept: 'aware' | 'plain';
  /** Of the fine-tuning; its losses and accuracies are those of the simulated int8 model. */
  readonly history: readonly EpochReport[];
  readonly stopped: 'finished' | 'cancelled' | 'diverged';
  /** Over the watched rows: validation, or training where there are none. NaN of `aware` where it did not finish. */
  readonly watched: {
    readonly count: number;
    readonly float: Watched;
    readonly plain: Watched;
    readonly aware: Watched;
  };
}

export interface Watched {
  /** NaN for regression. */
  readonly accuracy: number;
  /** Mean cross-entropy, or mean squared error. */
  readonly loss: number;
  /** Rows (cells) that are decided otherwise than in floating point. */
  readonly flipped: number;
}

const epochShare = 0.15;
const leastEpochs = 3;
const rateShare = 0.1;

const nothing: Watched = { accuracy: NaN, loss: NaN, flipped: NaN };

/** Kernel values that are exactly 0 stay so. */
const zerosOf = (weights: ModelWeights): (Uint8Array | undefined)[] =>
  weights.map(({ kernel }) => kernel && Uint8Array.from(kernel, (value) => (value === 0 ? 0 : 1)));

function trainOptionsOf(options: FineTuneOptions, folded: WeightedModel, simulated: SimulatedQuantisation) {
  const { training, epochs, learningRate, signal, onProgress, onEpoch } = options;
  const pruned = training.sparsity !== undefined || training.masks !== undefined;
  const own: TrainOptions = {
    ...training,
    epochs: epochs ?? Math.max(leastEpochs, Math.round(training.epochs * epochShare)),
    learningRate: learningRate ?? training.learningRate * rateShare,
    schedule: 'falling',
    patience: 0,
    initial: folded.weights,
    fakeQuantisation: simulated.fake,
    frozen: undefined,
    sparsity: undefined,
    masks: pruned ? zerosOf(folded.weights) : undefined,
    resume: undefined,
    signal,
    onProgress,
    onEpoch,
  };
  return own;
}

/** Undefined where the numbers grew without bound: there is a model without fine-tuning to go on with. */
async function trained(
  engine: TrainEngine,
  spec: ModelSpec,
  training: LabelledRows,
  validation: LabelledRows | undefined,
  options: TrainOptions,
) {
  try {
    return await engine.train(spec, training, validation, options);
  } catch (error) {
    if (error instanceof TrainError && error.code === 'diverged') return undefined;
    throw error;
  }
}

/**
 * The same rows, options and seed give the same bytes on every machine and for any number of threads.
 * @param validation the rows to watch; without any, the training rows are.
 * @throws TrainError where rows or options cannot be trained with, `unsupported` where the engine is not `core`; ModelError
 *   and CompressError as quantiseModel() does.
 */
export async function fineTuneQuantised(
  engine: TrainEngine,
  spec: ModelSpec,
  weights: ModelWeights,
  training: LabelledRows,
  validation: LabelledRows | undefined,
  options: FineTuneOptions,
): Promise<FineTuned> {
  const folded = foldBatchNorm(spec, weights);
  const simulated = simulatedQuantisation(folded.spec, folded.weights, options.quantisation);
  const quantised = (values: ModelWeights): QuantizedModel =>
    quantiseModel(folded.spec, values, { ...options.quantisation, ranges: simulated.ranges });
  const watched = validation?.count ? validation : training;
  const int8Score = (model: QuantizedModel): Score =>
    scoreOf(folded.spec, runInt8(options.core, model, watched.x, watched.count).scores, watched);
  const answers = await engine.predict(folded.spec, folded.weights, watched.x, watched.count);
  const float = scoreOf(folded.spec, answers, watched);
  const report = (score: Score): Watched => ({
    accuracy: score.accuracy,
    loss: score.loss,
    flipped: flips(score, float),
  });

  const plainModel = quantised(folded.weights);
  const plain = int8Score(plainModel);
  const common = { count: watched.count, float: report(float), plain: report(plain) };
  const result = await trained(engine, folded.spec, training, validation, trainOptionsOf(options, folded, simulated));
  const history = result?.history ?? [];
  if (!result || result.stopped === 'cancelled')
    return {
      ...folded,
      quantized: plainModel,
      kept: 'plain',
      history,
      stopped: result ? 'cancelled' : 'diverged',
      watched: { ...common, aware: nothing },
    };
  const awareModel = quantised(result.weights);
  const aware = int8Score(awareModel);
  const better = isBetter(aware, plain);
  return {
    spec: folded.spec,
    weights: better ? result.weights : folded.weights,
    quantized: better ? awareModel : plainModel,
    kept: better ? 'aware' : 'plain',
    history,
    stopped: 'finished',
    watched: { ...common, aware: report(aware) },
  };
}
