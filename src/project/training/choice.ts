/** Which network is trained: what the settings ask for, or what suits the shape of the rows. */
import { buildModel, isClassifier, modelAdvice, modelKindsFor, suggestModel, type ModelSpec } from '../../model';
import { modelKinds, type TrainChoices, type TrainSettings } from '../contract';

export function specFor(settings: TrainSettings, inputShape: readonly number[], classes: number): ModelSpec {
  const kind = settings.model === 'auto' ? suggestModel(inputShape) : settings.model;
  return buildModel({ kind, size: settings.size, inputShape, classes });
}

/** The models that can be built for rows of this shape, best first; all of them where the shape is not known yet. */
export function choicesFor(inputShape: readonly number[] | undefined): Omit<TrainChoices, 'unfinished'> {
  const kinds = inputShape ? modelKindsFor(inputShape).filter(isClassifier) : modelKinds;
  return {
    suggested: inputShape && suggestModel(inputShape),
    models: kinds.map((kind) => ({ kind, advice: modelAdvice[kind] })),
  };
}
