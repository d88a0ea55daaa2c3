/**
 * Removes whole filters and neurons: the network really shrinks, so that it is smaller and faster on every board. Knows
 * nothing of training on afterwards (target.ts does).
 */
import { nameOfLayer, type ModelSpec, type ModelWeights } from '../../model';
import type { LabelledRows, TrainEngine } from '../../train';
import { CompressError } from '../errors';
import type { WeightedModel } from '../fold';
import type { PrunedLayer } from '../types';
import { channelsOf, isProducer, type Channels } from './channels';
import { removeChannels } from './remove';
import { lossScores, normScores, type Scores } from './score';

/** What a network costs, in whatever unit the target is given: bytes, multiply-accumulates, parameters, milliseconds. */
export type Cost = (spec: ModelSpec, weights: ModelWeights) => number;

export interface ScoreChoice {
  /** 'norm' (default): the weakest weights go first. 'loss': the channels that the loss would miss least; needs engine and rows. */
  readonly score?: 'norm' | 'loss' | undefined;
  readonly engine?: TrainEngine | undefined;
  /** A few hundred labelled rows, for 'loss'. */
  readonly rows?: LabelledRows | undefined;
}

export type PruneFiltersOptions = WeightedModel &
  ScoreChoice & {
    /** Share of the channels of every layer that stay, above 0 to 1. Give this, or cost and target. */
    readonly keep?: number | undefined;
    /** The largest share is kept whose cost is at most the target. */
    readonly cost?: Cost | undefined;
    readonly target?: number | undefined;
  };

export interface PrunedModel extends WeightedModel {
  /** Layers with fewer filters or neurons than before, in order. */
  readonly removed: readonly PrunedLayer[];
}

/** Kernels work on four channels at a time. */
const preferredMultiple = 4;
/** Steps in which a share is searched. */
const steps = 256;

/** Of `count` channels: a multiple of 4 where that leaves at least 4, and never none. */
export function keptOf(count: number, keep: number): number {
  const wanted = count * keep;
  if (keep >= 1) return count;
  if (wanted < preferredMultiple) return Math.max(1, Math.min(count, Math.round(wanted)));
  return Math.min(count, preferredMultiple * Math.round(wanted / preferredMultiple));
}

/** The channels of each family that go, weakest first. */
function weakest(channels: Channels, scores: Scores, keep: number): Set<number> {
  const removed = new Set<number>();
  for (const family of channels.families) {
    const order = [...family].sort((a, b) => (scores.get(a) ?? 0) - (scores.get(b) ?? 0) || a - b);
    for (const channel of order.slice(0, family.length - keptOf(family.length, keep))) removed.add(channel);
  }
  return removed;
}

const badOptions = (problem: string, action: string): CompressError =>
  new CompressError('bad-options', problem, action);

async function scoresOf(model: WeightedModel, channels: Channels, choice: ScoreChoice): Promise<Scores> {
  if ((choice.score ?? 'norm') === 'norm') return normScores(model, channels);
  const { engine, rows } = choice;
  if (!engine || !rows || rows.count < 1)
    throw badOptions(
      'Which channels the loss would miss cannot be told without labelled rows.',
      'Give training rows, or score by norm.',
    );
  return lossScores(engine, model, channels, rows);
}

/** The largest share of channels with which `cost` is at most `target`. */
function shareFor(shrink: (keep: number) => WeightedModel, cost: Cost, target: number): number {
  const costAt = (step: number): number => {
    const { spec, weights } = shrink(step / steps);
    return cost(spec, weights);
  };
  const least = costAt(0);
  if (!(least <= target))
    throw new CompressError(
      'unreachable-target',
      `Even with one filter or neuron in each layer the model would cost ${rounded(least)}, more than the target of ${rounded(target)}.`,
      'Choose a higher target, or a smaller kind of model.',
    );
  let [low, high] = [0, steps];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (costAt(middle) <= target) low = middle;
    else high = middle - 1;
  }
  return low / steps;
}

const rounded = (value: number): string => String(Number(value.toPrecision(4)));

/**
 * Filters of convolutions and neurons of dense layers, and all that belongs to them: the channels of norms and depthwise
 * convolutions behind, the inputs of whatever reads them, through pools, reshapes and flattened lists; channels that a
 * residual add ties go together. The same share of every layer goes, weakest first; at least one channel stays, and
 * multiples of 4 where possible. The output layer keeps all of its neurons.
 * @throws CompressError `bad-options`, `unreachable-target`, or `nothing-to-prune` for a network of its output layer only.
 */
export async function pruneFilters(options: PruneFiltersOptions): Promise<PrunedModel> {
  const { spec, weights, keep, cost, target } = options;
  const channels = channelsOf(spec);
  if (channels.families.length === 0)
    throw new CompressError(
      'nothing-to-prune',
      'The model has no filters or neurons that could be removed.',
      'Choose another way to make it smaller, or another model.',
    );
  const byTarget = keep === undefined;
  if (byTarget ? !cost || target === undefined || !(target > 0) : !(keep > 0 && keep <= 1))
    throw badOptions(
      'Pruning needs a share above 0 and at most 1 of the filters to keep, or a cost and a target above 0.',
      'Correct the settings of pruning.',
    );
  const scores = await scoresOf({ spec, weights }, channels, options);
  const shrink = (share: number): WeightedModel =>
    removeChannels({ spec, weights }, channels, weakest(channels, scores, share));
  const share = byTarget ? shareFor(shrink, cost as Cost, target as number) : keep;
  const made = shrink(share);
  return { ...made, removed: removedBetween(spec, made.spec) };
}

/** What two descriptions of the same layers differ in. */
export function removedBetween(before: ModelSpec, after: ModelSpec): PrunedLayer[] {
  const count = (spec: ModelSpec, layer: number): number => {
    const one = spec.layers[layer];
    return isProducer(one) ? (one.kind === 'dense' ? one.units : one.filters) : 0;
  };
  return before.layers.flatMap((spec, layer) => {
    const [from, to] = [count(before, layer), count(after, layer)];
    return from === to ? [] : [{ layer, name: nameOfLayer(spec, layer), before: from, after: to }];
  });
}
