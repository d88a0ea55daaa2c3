/** Where the first layers of a new model can come from: another Dormouse project, or a model file of another program. */
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ModelSpec, ModelWeights } from '../../model';
import { ProjectError } from '../errors';
import { loadTrained } from '../trained';

export interface Trunk {
  readonly spec: ModelSpec;
  readonly weights: ModelWeights;
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** @throws ProjectError `bad-argument` where there is no model, ModelError where the file is none that can be read. */
export async function loadTrunk(from: string): Promise<Trunk> {
  const path = resolve(from);
  if (!(await isThere(join(path, 'dormouse.json')))) {
    throw new ProjectError(
      'bad-argument',
      `${path} is neither a Dormouse project nor a model file that can be read.`,
      'Choose the folder of a project with a trained model, or a Keras or TensorFlow.js model file.',
    );
  }
  const model = await loadTrained(path);
  if (!model)
    throw new ProjectError(
      'no-model',
      `The project in ${path} has no trained model to begin with.`,
      'Train it first, or choose another one.',
    );
  return { spec: model.spec, weights: model.weights };
}
