/** Which network is trained: what the settings ask for, or what suits the shape of the rows. */
import {
  buildModel,
  isClassifier,
  modelAdvice,
  modelKindsFor,
  suggestModel,
  transferModel,
  type ClassifierKind,
  type ModelSpec,
  type TransferModel,
} from '../../model';
import { modelKinds, type Task, type TrainChoices, type TrainSettings } from '../contract';
import { loadTrunk } from './transfer';

/** An anomaly project's labels ("normal" and others) are told apart as any others. */
const suggested = (inputShape: readonly number[], task: Task): ClassifierKind =>
  suggestModel(inputShape, task === 'anomaly' ? undefined : task);

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
  const kind = model === 'auto' ? suggested(inputShape, task) : model;
  return { spec: buildModel({ kind, size, inputShape, classes, head }) };
}

/** The models that suit rows of this shape, the most usual first; all of them where the shape is not known yet. */
export function choicesFor(task: Task, inputShape: readonly number[] | undefined): Omit<TrainChoices, 'unfinished'> {
  const kinds = inputShape ? modelKindsFor(inputShape).filter(isClassifier) : modelKinds;
  return {
    suggested: inputShape && suggested(inputShape, task),
    models: kinds.map((kind) => ({ kind, advice: modelAdvice[kind] })),
  };
}
