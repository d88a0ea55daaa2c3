/**
 * Shrinks a network to a target in rounds of pruning and training on, so that what is left can take over from what went.
 * Knows nothing of what the cost means.
 */
import type { ModelSpec } from '../../model';
import type { LabelledRows, TrainEngine, TrainOptions, TrainResult } from '../../train';
import type { WeightedModel } from '../fold';
import type { PrunedLayer } from '../types';
import { pickRows } from './rows';
import { pruneFilters, removedBetween, type Cost, type ScoreChoice } from './filters';

export type PruneToTargetOptions = WeightedModel & {
  readonly engine: TrainEngine;
  readonly training: LabelledRows;
  readonly validation?: LabelledRows | undefined;
  /** Of each round's training; `initial` is set here. */
  readonly fineTune: TrainOptions;
  readonly cost: Cost;
  /** In the unit of `cost`. */
  readonly target: number;
  readonly score?: ScoreChoice['score'];
  /** Default 3. */
  readonly rounds?: number | undefined;
};

export interface PruneRound {
  readonly cost: number;
  readonly training: Pick<TrainResult, 'history' | 'bestEpoch' | 'stopped'>;
}

export interface PrunedToTarget extends WeightedModel {
  readonly removed: readonly PrunedLayer[];
  readonly rounds: readonly PruneRound[];
  /** 'cancelled': the network is a whole one, of the round that was reached, perhaps above the target. */
  readonly stopped: 'finished' | 'cancelled';
}

const defaultRounds = 3;
/** Rows that say what the loss would miss. */
const mostScoreRows = 512;

/**
 * Each round brings the cost down by the same factor. A network that meets the target already comes back as it was.
 * Deterministic as the engine's training is.
 * @throws CompressError as pruneFilters(): before anything is trained where the target cannot be reached.
 */
export async function pruneToTarget(options: PruneToTargetOptions): Promise<PrunedToTarget> {
  const { spec, weights, cost, target, engine, training, validation, fineTune, score } = options;
  const start = cost(spec, weights);
  const rounds: PruneRound[] = [];
  const result = (model: WeightedModel, stopped: 'finished' | 'cancelled' = 'finished'): PrunedToTarget => ({
    spec: model.spec,
    weights: model.weights,
    removed: removedBetween(spec, model.spec),
    rounds,
    stopped,
  });
  if (start <= target) return result({ spec, weights });
  // Refuses a target that the very end of the way would miss.
  await pruneFilters({ spec, weights, cost, target, score: 'norm' });
  const count = options.rounds ?? defaultRounds;
  const rows = scoreRows(training);
  let model: WeightedModel = { spec, weights };
  for (let round = 1; round <= count; round++) {
    const limit = round === count ? target : start * (target / start) ** (round / count);
    const before: ModelSpec = model.spec;
    if (cost(model.spec, model.weights) > limit)
      model = await pruneFilters({ ...model, cost, target: limit, score, engine, rows });
    // The steps of small layers are coarse: a round may have nothing to do.
    if (model.spec === before && round < count) continue;
    const { weights: trained, ...training_ } = await engine.train(model.spec, training, validation, {
      ...fineTune,
      initial: model.weights,
    });
    model = { spec: model.spec, weights: trained };
    rounds.push({ cost: cost(model.spec, trained), training: training_ });
    if (training_.stopped === 'cancelled') return result(model, 'cancelled');
  }
  return result(model);
}

/** Rows spread evenly over all there are. */
function scoreRows(rows: LabelledRows): LabelledRows {
  if (rows.count <= mostScoreRows) return rows;
  const chosen = Array.from({ length: mostScoreRows }, (_, i) => Math.floor((i * rows.count) / mostScoreRows));
  return pickRows(rows, chosen);
}
