/**
 * The training itself: once, or where training may stop early or nobody is held out twice: first watched by rows that
 * are kept apart, which gives honest curves and the number of epochs, then with everybody, which gives the model.
 */
import type { Core } from '../../core';
import type { ModelSpec } from '../../model';
import type { TrainEngine, TrainResult } from '../../train';
import type { TrainSettings } from '../contract';
import { normalisedRows } from '../rows';
import { optionsFor } from './engine';
import type { PreparedRows } from './rows';
import { cancelled, type TrainWork } from './work';

export interface Fitting {
  readonly core: Core;
  readonly engine: TrainEngine;
  readonly spec: ModelSpec;
  readonly prepared: PreparedRows;
  readonly settings: TrainSettings;
  readonly work: TrainWork;
}

/** @throws ProjectError `cancelled`, or the engine's error. */
export async function fitModel(fitting: Fitting): Promise<TrainResult> {
  const { prepared } = fitting;
  const twice = prepared.validation !== undefined && !prepared.watchesHeldOut;
  const watched = await watchedTraining(fitting, twice);
  if (watched.stopped === 'cancelled') throw cancelled();
  if (!twice) return watched;
  const final = await trainingWithEverybody(fitting, watched);
  if (final.stopped === 'cancelled') throw cancelled();
  // The curves of the one, the weights of the other.
  return { ...watched, weights: final.weights };
}

function watchedTraining(fitting: Fitting, moreFollows: boolean): Promise<TrainResult> {
  const { engine, spec, prepared, settings, work } = fitting;
  const began = performance.now();
  return engine.train(spec, prepared.training, prepared.validation, {
    ...optionsFor(settings, prepared, prepared.training, work),
    onEpoch: (epoch) => {
      const perEpoch = (performance.now() - began) / 1000 / epoch.epoch;
      // A second training takes about as long again.
      const left = epoch.epochs - epoch.epoch + (moreFollows ? epoch.epoch : 0);
      work.onTrain?.({ phase: 'epoch', epoch, secondsLeft: perEpoch * left });
    },
  });
}

function trainingWithEverybody(fitting: Fitting, watched: TrainResult): Promise<TrainResult> {
  const { core, engine, spec, prepared, settings, work } = fitting;
  const everybody = normalisedRows(core, prepared.rows, prepared.normalisation);
  const began = performance.now();
  const tell = (epoch: number, secondsLeft: number): void =>
    work.onTrain?.({ phase: 'refit', epoch, epochs: watched.bestEpoch, secondsLeft });
  tell(
    0,
    watched.history.reduce((sum, epoch) => sum + epoch.seconds, 0),
  );
  return engine.train(spec, everybody, undefined, {
    ...optionsFor(settings, prepared, everybody, work),
    epochs: watched.bestEpoch,
    patience: 0,
    onEpoch: ({ epoch, epochs }) => tell(epoch, ((performance.now() - began) / 1000 / epoch) * (epochs - epoch)),
  });
}
