/** Where the first layers of a new model can come from: another Dormouse project, or a model file of another program. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { importModel, type ModelFile, type ModelSpec, type ModelWeights } from '../../model';
import { ProjectError } from '../errors';
import { loadTrained } from '../trained';

export interface Trunk {
  readonly spec: ModelSpec;
  readonly weights: ModelWeights;
}

/** Far above what any board could hold. */
const mostBytes = 500e6;
const mostFiles = 1000;

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** @throws ProjectError where there is no model, ModelError where the file is none that can be read, naming what is unknown. */
export async function loadTrunk(from: string): Promise<Trunk> {
  const path = resolve(from);
  if (await isThere(join(path, 'dormouse.json'))) return trunkOfProject(path);
  const there = await stat(path).catch(() => null);
  if (!there)
    throw new ProjectError(
      'bad-argument',
      `There is no model in ${path}.`,
      'Choose the folder of a project with a trained model, or a Keras or TensorFlow.js model file.',
    );
  return importModel(await modelFiles(path, there.isDirectory()));
}

async function trunkOfProject(path: string): Promise<Trunk> {
  const model = await loadTrained(path);
  if (!model)
    throw new ProjectError(
      'no-model',
      `The project in ${path} has no trained model to begin with.`,
      'Train it first, or choose another one.',
    );
  return { spec: model.spec, weights: model.weights };
}

/** A single file; a folder of model.json and its weights; or of a model.json the files beside it that it may name. */
async function modelFiles(path: string, isFolder: boolean): Promise<ModelFile[]> {
  const folder = isFolder ? path : dirname(path);
  const wanted = (name: string): boolean =>
    isFolder ? /\.(json|bin)$/i.test(name) : name === basename(path) || (/\.json$/i.test(path) && /\.bin$/i.test(name));
  try {
    const names = (await readdir(folder)).filter(wanted).slice(0, mostFiles);
    let bytes = 0;
    for (const name of names) bytes += (await stat(join(folder, name))).size;
    if (bytes > mostBytes)
      throw new ProjectError(
        'bad-argument',
        `The model in ${path} has ${Math.round(bytes / 1e6)} MB, more than Dormouse takes.`,
        'Choose a smaller model: no board could hold this one.',
      );
    return await Promise.all(names.map(async (name) => ({ name, bytes: await readFile(join(folder, name)) })));
  } catch (cause) {
    if (cause instanceof ProjectError) throw cause;
    throw new ProjectError('storage', `${path} cannot be read.`, 'Check that you may read it.', cause);
  }
}
