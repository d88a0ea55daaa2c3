/**
 * A model as Keras 3 loads it (`keras.saving.load_model`): a .keras file, which is a zip of two descriptions and an
 * HDF5 file of weights. Keras finds the weights of a layer by counting the layers of its class in its own order, which
 * `layersInKerasOrder` repeats (keras/src/ops/function.py, map_graph); both descriptions and weights stand in it.
 */
import { zipSync, type Zippable } from 'fflate';
import type { ModelSpec, ModelWeights } from '../spec';
import { writeHdf5, type Hdf5Group } from './hdf5-write';
import { writtenModel, type WrittenLayer, type WrittenModel } from './keras-layers';
import { snakeCase } from './topology';

const dtype = { module: 'keras', class_name: 'DTypePolicy', config: { name: 'float32' }, registered_name: null };

const tensorOf = ({ name, shape }: WrittenLayer) => ({
  class_name: '__keras_tensor__',
  config: { shape: [null, ...shape], dtype: 'float32', keras_history: [name, 0, 0] },
});

type ByName = ReadonlyMap<string, WrittenLayer>;

/** @param others to refer to, where the model is not a chain. */
function layerOf(layer: WrittenLayer, others: ByName | undefined): unknown {
  const { className, name, settings, penalty, inputs, shape } = layer;
  const isInput = className === 'InputLayer';
  const config = {
    name,
    ...(isInput ? { batch_shape: [null, ...shape], dtype: 'float32', sparse: false } : { trainable: true, dtype }),
    ...settings,
    ...(penalty ? { [penalty.setting]: regularizer(penalty.l2) } : {}),
  };
  const described = { module: 'keras.layers', class_name: className, config, registered_name: null };
  if (!others) return described;
  const tensors = inputs.map((from) => tensorOf(others.get(from) as WrittenLayer));
  const nodes = isInput ? [] : [{ args: className === 'Add' ? [tensors] : tensors, kwargs: {} }];
  return { ...described, name, inbound_nodes: nodes };
}

const regularizer = (l2: number) => ({
  module: 'keras.regularizers',
  class_name: 'L2',
  config: { l2 },
  registered_name: null,
});

/** By falling distance from the output; at the same distance, as a walk from the output meets them. */
function layersInKerasOrder({ layers, isChain }: WrittenModel): readonly WrittenLayer[] {
  if (isChain) return layers;
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const distance = new Map<string, number>();
  for (const layer of [...layers].reverse()) {
    const own = distance.get(layer.name) ?? 0;
    distance.set(layer.name, own);
    for (const from of layer.inputs) distance.set(from, Math.max(distance.get(from) ?? 0, own + 1));
  }
  const met = new Map<string, number>();
  const waiting = [layers[layers.length - 1].name];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (met.has(name)) continue;
    met.set(name, met.size);
    waiting.push(...[...(byName.get(name) as WrittenLayer).inputs].reverse());
  }
  const number = (map: ReadonlyMap<string, number>, { name }: WrittenLayer) => map.get(name) as number;
  return [...layers].sort((a, b) => number(distance, b) - number(distance, a) || number(met, a) - number(met, b));
}

function weightsFile(layers: readonly WrittenLayer[]): Uint8Array {
  const used = new Map<string, number>();
  const folders: Record<string, Hdf5Group> = {};
  for (const { className, weights } of layers) {
    const kind = snakeCase(className);
    const count = used.get(kind) ?? 0;
    used.set(kind, count + 1);
    if (weights.length === 0) continue;
    const vars: Hdf5Group = Object.fromEntries(weights.map((weight, place) => [String(place), weight]));
    folders[count ? `${kind}_${count}` : kind] = { vars };
  }
  return writeHdf5({ layers: folders, vars: {} });
}

/** Zip knows no time before this one, and stores local time: a fixed one keeps the same model the same bytes everywhere. */
const fixedTime = new Date(1980, 0, 1);

/**
 * @returns a .keras file for Keras 3. The same model gives the same bytes.
 * @throws ModelError `bad-spec` or `bad-weights`.
 */
export function exportKeras(spec: ModelSpec, weights: ModelWeights): Uint8Array {
  const written = writtenModel(spec, weights);
  const { isChain } = written;
  const layers = layersInKerasOrder(written);
  const byName = isChain ? undefined : new Map(layers.map((layer) => [layer.name, layer]));
  const described = layers.map((layer) => layerOf(layer, byName));
  const ends = { input_layers: [['input', 0, 0]], output_layers: [[layers[layers.length - 1].name, 0, 0]] };
  const config = {
    module: isChain ? 'keras' : 'keras.src.models.functional',
    class_name: isChain ? 'Sequential' : 'Functional',
    config: { name: 'dormouse', trainable: true, dtype, layers: described, ...(isChain ? {} : ends) },
    registered_name: isChain ? null : 'Functional',
    build_config: { input_shape: [null, ...spec.input] },
  };
  const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  const options = { mtime: fixedTime, level: 6 } as const;
  const files: Zippable = {
    'metadata.json': [text({ keras_version: '3.0.0', date_saved: '1980-01-01@00:00:00' }), options],
    'config.json': [text(config), options],
    'model.weights.h5': [weightsFile(layers), { ...options, level: 0 }],
  };
  return zipSync(files);
}
