/** Which network is trained: what the settings ask for, or what suits the shape of the rows. */
import {
  buildModel,
  suggestModel,
  transferModel,
  type ClassifierKind,
  type ModelSpec,
  type TransferModel,
} from '../../model';
import type { Task, TrainSettings } from '../contract';
import { loadTrunk } from './transfer';

/** An anomaly project's labels ("normal" and others) are told apart as any others. */
const suggestedClassifier = (inputShape: readonly number[], task: Task): ClassifierKind =>
  suggestModel(inputShape, task === 'anomaly' ? undefined : task);

/** Where pictures carry boxes, things are found in them. */
export const suggestedKind = (inputShape: readonly number[], task: Task, boxes: boolean): ClassifierKind | 'fomo' =>
  boxes ? 'fomo' : suggestedClassifier(inputShape, task);

export interface Chosen {
  readonly spec: ModelSpec;
  /** Where its first layers were learned elsewhere. */
  readonly transfer?: TransferModel | undefined;
}

/**
 * A network of the zoo, or one whose first layers come from elsewhere, which then say what kind it is.
 * @throws ModelError where it does not suit the shape, in words that say what would; ProjectError where there is none.
 */
export async function chooseModel(
  settings: Pick<TrainSettings, 'model' | 'size' | 'head' | 'transfer' | 'seed'>,
  task: Task,
  inputShape: readonly number[],
  classes: number,
): Promise<Chosen> {
  const { model, size, head, seed } = settings;
  if (settings.transfer) {
    const transfer = transferModel({
      trunk: await loadTrunk(settings.transfer.from),
      inputShape,
      classes,
      head,
      seed,
    });
    return { spec: transfer.spec, transfer };
  }
  const kind = model === 'auto' ? suggestedClassifier(inputShape, task) : model;
  return { spec: buildModel({ kind, size, inputShape, classes, head }) };
}
