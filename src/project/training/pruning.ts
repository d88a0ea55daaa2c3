/** Making a trained model smaller: weights to zero, or whole filters out, and learning on to make up for the loss. */
import type { TrainOptions } from '../../train';
import type { PruneSettings } from '../contract';
import { normalisedRows } from '../rows';
import { optionsFor } from './engine';
import type { Fitting } from './fitting';
import type { Weighted } from './shrinking';
import { cancelled } from './work';

/** Of the epochs of the training, how many follow the pruning; and the learning rate they take. */
const epochShare = 0.5;
const rateShare = 0.3;
/** Of those epochs, the share in which zeros grow; the rest makes up for it. */
const growingShare = 0.6;

/** @throws ProjectError `cancelled`, or the engine's error. */
export async function pruneModel(fitting: Fitting, model: Weighted, prune: PruneSettings): Promise<Weighted> {
  if (prune.kind === 'synapses') return pruneSynapses(fitting, model, prune.target);
  return model;
}

/** What is trained on after pruning: everybody who may teach, for a part of the epochs, more slowly. */
function fineTuning({ core, prepared, settings, work }: Fitting): {
  readonly rows: ReturnType<typeof normalisedRows>;
  readonly options: TrainOptions;
} {
  const rows = normalisedRows(core, prepared.rows, prepared.normalisation);
  const epochs = Math.max(1, Math.ceil(settings.epochs * epochShare));
  const began = performance.now();
  const options: TrainOptions = {
    ...optionsFor({ ...settings, epochs }, prepared, rows, work),
    learningRate: settings.learningRate * rateShare,
    patience: 0,
    onEpoch: ({ epoch }) => {
      const secondsEach = (performance.now() - began) / 1000 / epoch;
      work.onTrain?.({ phase: 'prune', epoch, epochs, secondsLeft: secondsEach * (epochs - epoch) });
    },
  };
  return { rows, options };
}

async function pruneSynapses(fitting: Fitting, { spec, weights }: Weighted, target: number): Promise<Weighted> {
  const { rows, options } = fineTuning(fitting);
  const toEpoch = Math.max(1, Math.round(options.epochs * growingShare));
  const sparsity = { target, fromEpoch: 1, toEpoch };
  const result = await fitting.engine.train(spec, rows, undefined, { ...options, initial: weights, sparsity });
  if (result.stopped === 'cancelled') throw cancelled();
  return { spec, weights: result.weights };
}
