/**
 * The training itself: once, or where training may stop early or nobody is held out twice: first watched by rows that
 * are kept apart, which gives honest curves and the number of epochs, then with everybody, which gives the model.
 */
import type { Core } from '../../core';
import { transferTraining, type Checkpoint, type TransferCheckpoint } from '../../train';
import type { EpochReport, LabelledRows, TrainEngine, TrainResult } from '../../train';
import type { TrainSettings } from '../contract';
import type { Chosen } from './choice';
import { optionsFor } from './engine';
import { teachingRows, type PreparedRows } from './rows';
import { forgetUnfinished, keepUnfinished, type Unfinished } from './unfinished';
import { cancelled, type TrainWork } from './work';

export interface Fitting {
  readonly core: Core;
  readonly engine: TrainEngine;
  readonly chosen: Chosen;
  readonly prepared: PreparedRows;
  readonly settings: TrainSettings;
  readonly work: TrainWork;
  readonly folder: string;
  /** unfinishedKey() of all of this, and what a cancelled training of that key left. */
  readonly key: string;
  readonly unfinished: Unfinished | null;
}

interface Pass {
  readonly name: 'watched' | 'everybody';
  readonly rows: LabelledRows;
  readonly validation: LabelledRows | undefined;
  /** In all, and with a trunk from elsewhere those in which only the new head learns. */
  readonly epochs: number;
  readonly headEpochs: number;
  readonly patience: number;
  readonly before: TrainResult | null;
  readonly onEpoch: (epoch: EpochReport, secondsEach: number) => void;
}

/** Of the epochs with a trunk from elsewhere, the share in which only the new head learns. */
const headShare = 2 / 3;

/** @throws ProjectError `cancelled`, after writing down where it stood; or the engine's error. */
export async function fitModel(fitting: Fitting): Promise<TrainResult> {
  const { prepared, unfinished, work } = fitting;
  if (unfinished) work.onTrain?.({ phase: 'resumed', history: unfinished.before?.history ?? unfinished.history });
  if (unfinished?.pass === 'shrinking' && unfinished.before) return unfinished.before;
  const twice = prepared.validation !== undefined && !prepared.watchesHeldOut;
  const watched =
    unfinished?.pass === 'everybody' && unfinished.before ? unfinished.before : await watchedTraining(fitting, twice);
  // The curves of the one, the weights of the other.
  return twice ? { ...watched, weights: (await trainingWithEverybody(fitting, watched)).weights } : watched;
}

/** Where it stands once it is trained: what follows can be cancelled, too, and need not cost the training. */
export function keepFitted({ folder, key }: Pick<Fitting, 'folder' | 'key'>, before: TrainResult): Promise<void> {
  const { history } = before;
  const epochs = history.length;
  return keepUnfinished(folder, { format: 1, key, pass: 'shrinking', checkpoint: null, history, epochs, before });
}

const headEpochsOf = ({ settings }: Fitting): number => Math.ceil(settings.epochs * headShare);

function watchedTraining(fitting: Fitting, moreFollows: boolean): Promise<TrainResult> {
  const { prepared, settings, work } = fitting;
  return trainPass(fitting, {
    name: 'watched',
    rows: prepared.training,
    validation: prepared.validation,
    epochs: settings.epochs,
    headEpochs: headEpochsOf(fitting),
    patience: settings.patience,
    before: null,
    onEpoch: (epoch, secondsEach) => {
      // A second training takes about as long again.
      const left = epoch.epochs - epoch.epoch + (moreFollows ? epoch.epoch : 0);
      work.onTrain?.({ phase: 'epoch', epoch, secondsLeft: secondsEach * left });
    },
  });
}

function trainingWithEverybody(fitting: Fitting, watched: TrainResult): Promise<TrainResult> {
  const { core, prepared, work } = fitting;
  const epochs = watched.bestEpoch;
  const secondsLeft = watched.history.reduce((sum, epoch) => sum + epoch.seconds, 0);
  work.onTrain?.({ phase: 'refit', epoch: 0, epochs, secondsLeft });
  return trainPass(fitting, {
    name: 'everybody',
    rows: teachingRows(core, prepared),
    validation: undefined,
    epochs,
    headEpochs: Math.min(epochs, headEpochsOf(fitting)),
    patience: 0,
    before: watched,
    onEpoch: ({ epoch }, secondsEach) =>
      work.onTrain?.({ phase: 'refit', epoch, epochs, secondsLeft: secondsEach * (epochs - epoch) }),
  });
}

async function trainPass(fitting: Fitting, pass: Pass): Promise<TrainResult> {
  const { engine, chosen, settings, prepared, work, folder, key } = fitting;
  const from = fitting.unfinished?.pass === pass.name ? fitting.unfinished : null;
  const began = performance.now();
  const history = [...(from?.history ?? [])];
  const options = {
    ...optionsFor(settings, prepared, pass.rows, work),
    epochs: pass.epochs,
    patience: pass.patience,
    onEpoch: (epoch: EpochReport) => {
      history.push(epoch);
      pass.onEpoch(epoch, (performance.now() - began) / 1000 / (history.length - (from?.history.length ?? 0)));
    },
  };
  const result = chosen.transfer
    ? await transferTraining(engine, chosen.transfer, pass.rows, pass.validation, {
        ...options,
        epochs: pass.headEpochs,
        fineTuneEpochs: pass.epochs - pass.headEpochs,
        resume: (from?.checkpoint ?? undefined) as TransferCheckpoint | undefined,
      })
    : await engine.train(chosen.spec, pass.rows, pass.validation, {
        ...options,
        resume: (from?.checkpoint ?? undefined) as Checkpoint | undefined,
      });
  const { weights, bestEpoch, stopped, checkpoint } = result;
  if (stopped !== 'cancelled') return { weights, history, bestEpoch, stopped };
  const { name, before, epochs } = pass;
  if (checkpoint) await keepUnfinished(folder, { format: 1, key, pass: name, checkpoint, history, epochs, before });
  else await forgetUnfinished(folder);
  throw cancelled();
}
