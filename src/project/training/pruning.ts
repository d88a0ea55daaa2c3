/** Making a trained model smaller: weights to zero, or whole filters out, and learning on to make up for the loss. */
import { pruneFilters, pruneToTarget, type Cost } from '../../compress';
import { costOfSpec } from '../../fit';
import { initialWeights, macsOf, type ModelSpec } from '../../model';
import type { LabelledRows, TrainOptions } from '../../train';
import type { PruneSettings } from '../contract';
import { optionsFor } from './engine';
import { teachingRows } from './rows';
import type { Fitting } from './fitting';
import type { Weighted } from './shrinking';
import { cancelled } from './work';

/**
 * As measured by `npm run bench -- compress`: after pruning as many epochs as the training had, at its learning rate, in
 * another order. Half as many at a third of the rate lost a quarter of the answers on the example's stranger (float 1.00, pruned 0.75).
 */
const otherOrder = 100;
/** Of those epochs, the share in which zeros grow; the rest makes up for it. */
const growingShare = 0.5;

/** Rounds of taking out and learning on, on the way to a target. */
const rounds = 3;

function costFor(prune: Exclude<PruneSettings, { kind: 'none' } | { by: 'share' }>): Cost {
  switch (prune.by) {
    case 'macs':
      return macsOf;
    case 'bytes':
      return (spec) => costOfSpec(spec).bytes;
    case 'latency':
      return (spec) => costOfSpec(spec).latencyMs(prune.board);
  }
}

/**
 * Before anything is trained, since a target that cannot be reached would be noticed only after it.
 * @throws FitError `unknown-board`; CompressError where no pruning reaches the target.
 */
export async function checkPrunable(spec: ModelSpec, prune: PruneSettings): Promise<void> {
  if (prune.kind !== 'filters' || prune.by === 'share') return;
  const weights = initialWeights(spec, 1);
  const { target } = prune;
  const cost = costFor(prune);
  if (cost(spec, weights) > target) await pruneFilters({ spec, weights, cost, target, score: 'norm' });
}

/** @throws ProjectError `cancelled`; CompressError where the target cannot be reached; or the engine's error. */
export async function pruneModel(fitting: Fitting, model: Weighted, prune: PruneSettings): Promise<Weighted> {
  if (prune.kind === 'none') return model;
  if (prune.kind === 'synapses') return pruneSynapses(fitting, model, prune.target);
  if (prune.by === 'share') return pruneShare(fitting, model, prune.target);
  const { target } = prune;
  const cost = costFor(prune);
  const { training, options } = fineTuning(fitting, rounds);
  const { engine } = fitting;
  const pruned = await pruneToTarget({
    ...model,
    engine,
    training,
    fineTune: options,
    cost,
    target,
    rounds,
    score: 'loss',
  });
  if (pruned.stopped === 'cancelled') throw cancelled();
  return { spec: pruned.spec, weights: pruned.weights };
}

/** What is trained on after pruning: everybody who may teach, for a part of the epochs, more slowly. */
function fineTuning(
  { core, prepared, settings, work }: Fitting,
  parts: number,
): { readonly training: LabelledRows; readonly options: TrainOptions } {
  const training = teachingRows(core, prepared);
  const epochs = Math.ceil(settings.epochs / parts);
  const began = performance.now();
  let done = 0;
  const options: TrainOptions = {
    ...optionsFor({ ...settings, epochs }, prepared, training, work),
    seed: (settings.seed + otherOrder) % 2 ** 32,
    patience: 0,
    onEpoch: () => {
      done++;
      const secondsLeft = ((performance.now() - began) / 1000 / done) * (epochs * parts - done);
      work.onTrain?.({ phase: 'prune', epoch: done, epochs: epochs * parts, secondsLeft });
    },
  };
  return { training, options };
}

/** The weakest filters and neurons of every layer at once. */
async function pruneShare(fitting: Fitting, model: Weighted, share: number): Promise<Weighted> {
  const { spec, weights } = await pruneFilters({ ...model, keep: 1 - share });
  return trainOn(fitting, { spec, weights }, {});
}

async function trainOn(fitting: Fitting, model: Weighted, more: Pick<TrainOptions, 'sparsity'>): Promise<Weighted> {
  const { training, options } = fineTuning(fitting, 1);
  const { spec } = model;
  const result = await fitting.engine.train(spec, training, undefined, { ...options, initial: model.weights, ...more });
  if (result.stopped === 'cancelled') throw cancelled();
  return { spec, weights: result.weights };
}

function pruneSynapses(fitting: Fitting, model: Weighted, target: number): Promise<Weighted> {
  const toEpoch = Math.ceil(fitting.settings.epochs * growingShare);
  return trainOn(fitting, model, { sparsity: { target, fromEpoch: 1, toEpoch } });
}
