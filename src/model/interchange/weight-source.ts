/**
 * Where the trained numbers of a Keras layer are found, in each of the three ways in which they are stored. Knows
 * nothing of what layers do with them.
 */
import { ModelError } from '../errors';
import { product } from '../resolve';
import { damagedModel, field, fieldsOf, listOf, quoted, textOf, wholeNumbers, type Fields } from './fields';
import { halfFloat, type Hdf5Array, type Hdf5File } from './hdf5-read';
import type { KerasLayer } from './topology';
import type { ModelFile } from './types';

export interface WeightSource {
  /** @param place of the variable among the layer's own, for formats that count instead of naming. */
  read(layer: KerasLayer, variable: string, place: number): Hdf5Array | undefined;
}

/** Keras 3's .weights.h5: folders by class and number, variables by place. */
export function kerasWeights(file: Hdf5File): WeightSource {
  // As Keras 2.12 to 2.15 called the folder.
  const older = (path: string) => path.replace(/(^|\/)layers\//g, '$1_layer_checkpoint_dependencies/');
  const places = new Map<string, string>();
  const folderOf = ({ path, name, id }: KerasLayer): string => {
    const known = places.get(id);
    if (known !== undefined) return known;
    let folder = file.has(path) ? path : older(path);
    const called = file.texts(`${folder}/vars`, 'name')?.[0];
    // The name stands beside the numbers in newer files: it is right where counting would be wrong.
    if (called !== undefined && called !== name) {
      const parent = folder.slice(0, folder.lastIndexOf('/'));
      const own = file.names(parent).find((entry) => file.texts(`${parent}/${entry}/vars`, 'name')?.[0] === name);
      if (own !== undefined) folder = `${parent}/${own}`;
    }
    places.set(id, folder);
    return folder;
  };
  return { read: (layer, _variable, place) => file.array(`${folderOf(layer)}/vars/${place}`) };
}

/** Whether a stored name ends in this layer's variable: "model/block/kernel:0" is the kernel of "block". */
function belongsTo(stored: string, layer: string, variable: string): boolean {
  const parts = stored.replace(/:\d+$/, '').split('/');
  return parts[parts.length - 1] === variable && parts[parts.length - 2] === layer;
}

/** The .h5 of Keras 2, and of Keras 3 where it was asked for: a folder for each layer of the outermost model. */
export function legacyWeights(file: Hdf5File): WeightSource {
  const base = file.has('model_weights') ? 'model_weights' : '';
  const known = new Map<string, readonly string[]>();
  const namesOf = (folder: string): readonly string[] => {
    const found = known.get(folder);
    if (found) return found;
    const names = [...(file.texts(folder, 'weight_names') ?? [])];
    // Long lists are cut into several attributes.
    for (let part = 0; names.length === 0 || part > 0; part++) {
      const more = file.texts(folder, `weight_names${part}`);
      if (!more) break;
      names.push(...more);
    }
    known.set(folder, names);
    return names;
  };
  return {
    read(layer, variable, place) {
      const folder = `${base}/${layer.top}`;
      const names = namesOf(folder);
      const named = names.filter((name) => belongsTo(name, layer.name, variable));
      const name = named.length === 1 ? named[0] : layer.top === layer.name ? names[place] : undefined;
      return name === undefined ? undefined : file.array(`${folder}/${name}`);
    },
  };
}

interface Stored {
  readonly shape: readonly number[];
  readonly at: number;
  readonly bytes: Uint8Array;
  readonly dtype: string;
  readonly quantization: Fields | undefined;
}

const storedBytes: Readonly<Record<string, number>> = {
  ...{ float32: 4, int32: 4, uint32: 4, float16: 2, int16: 2, uint16: 2, int8: 1, uint8: 1, bool: 1 },
};

function storedValues({ shape, at, bytes, dtype, quantization }: Stored, name: string): Float32Array {
  const count = product(shape);
  const view = new DataView(bytes.buffer, bytes.byteOffset + at);
  const values = new Float32Array(count);
  if (dtype === 'float32' || dtype === 'float16') {
    for (let index = 0; index < count; index++)
      values[index] =
        dtype === 'float32' ? view.getFloat32(index * 4, true) : halfFloat(view.getUint16(index * 2, true));
    return values;
  }
  const scale = quantization && field(quantization, 'scale');
  const least = quantization && field(quantization, 'min');
  if ((dtype !== 'uint8' && dtype !== 'uint16') || typeof scale !== 'number' || typeof least !== 'number')
    throw damagedModel(`The weights ${quoted(name)} are stored as ${quoted(dtype)}, not as floats.`);
  for (let index = 0; index < count; index++)
    values[index] = (dtype === 'uint8' ? view.getUint8(index) : view.getUint16(index * 2, true)) * scale + least;
  return values;
}

/** All shards of a group in one piece, once they are known to be as long together as they must be. */
function joined(paths: readonly unknown[], files: ReadonlyMap<string, Uint8Array>, wanted: number): Uint8Array {
  if (new Set(paths).size !== paths.length) throw damagedModel('The model names a file of weights twice.');
  const parts = paths.map((path) => {
    const name = textOf(path, 'name of a file of weights');
    const bytes = files.get(name.slice(name.lastIndexOf('/') + 1));
    if (!bytes)
      throw new ModelError(
        'missing-file',
        `The file ${quoted(name)} with weights of the model is missing.`,
        'Put all files of the model into one folder, and choose them together.',
      );
    return bytes;
  });
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (length !== wanted)
    throw damagedModel(
      `The weights in ${quoted(paths.join(', '))} should be ${wanted} bytes but are ${length}: a file is cut off, or belongs to another model.`,
    );
  if (parts.length === 1) return parts[0];
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function describedWeights(group: Fields): { described: (Omit<Stored, 'bytes'> & { name: string })[]; length: number } {
  let length = 0;
  const described = listOf(field(group, 'weights'), 'weights').map((entry) => {
    const weight = fieldsOf(entry, 'description of weights');
    const name = textOf(field(weight, 'name'), 'name of weights');
    const shape = wholeNumbers(field(weight, 'shape'), 0);
    const quantization = quantizationOf(weight);
    const dtype = String((quantization && field(quantization, 'dtype')) ?? field(weight, 'dtype'));
    const size = Object.hasOwn(storedBytes, dtype) ? storedBytes[dtype] : undefined;
    if (!shape || size === undefined)
      throw damagedModel(`The weights ${quoted(name)} are described in a way that Dormouse does not read.`);
    const at = length;
    length += product(shape) * size;
    return { name, shape, at, dtype, quantization };
  });
  return { described, length };
}

function readGroup(group: Fields, files: ReadonlyMap<string, Uint8Array>, stored: Map<string, Stored>): void {
  const { described, length } = describedWeights(group);
  const bytes = joined(listOf(field(group, 'paths'), 'files of weights'), files, length);
  for (const { name, ...place } of described) {
    if (stored.has(name)) throw damagedModel(`The model has two weights called ${quoted(name)}.`);
    stored.set(name, { ...place, bytes });
  }
}

const quantizationOf = (weight: Fields): Fields | undefined => {
  const value = field(weight, 'quantization');
  return value === undefined ? undefined : fieldsOf(value, 'description of quantized weights');
};

/** TensorFlow.js: named arrays one behind the other, in groups that may be cut into several files. */
export function tfjsWeights(manifest: unknown, files: readonly ModelFile[]): WeightSource {
  const byName = new Map(files.map((file) => [file.name.slice(file.name.lastIndexOf('/') + 1), file.bytes]));
  const stored = new Map<string, Stored>();
  for (const group of listOf(manifest, 'weights')) readGroup(fieldsOf(group, 'group of weights'), byName, stored);
  return {
    read(layer, variable) {
      const exact = `${layer.name}/${variable}`;
      const inModels = `${layer.id}/${variable}`;
      const names = stored.has(inModels)
        ? [inModels]
        : stored.has(exact)
          ? [exact]
          : [...stored.keys()].filter((name) => belongsTo(name, layer.name, variable));
      const found = names.length === 1 ? stored.get(names[0]) : undefined;
      return found && { shape: found.shape, values: storedValues(found, names[0]) };
    },
  };
}
