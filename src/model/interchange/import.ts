/**
 * A model of Keras or TensorFlow.js as a ModelSpec with weights. Tells the three kinds of file apart, lists every layer
 * that Dormouse does not know, fuses activations into the layers before them, and checks every number.
 *
 * Knows nothing of folders: it gets files as bytes.
 */
import { unzipSync } from 'fflate';
import { ModelError } from '../errors';
import { product, resolveModel, type ResolvedLayer } from '../resolve';
import type { LayerSpec, LayerWeights, ModelSpec } from '../spec';
import { checkWeights, mostParameters, parameterCount, weightNames, weightShapesOf, type WeightName } from '../weights';
import { damagedModel, field, fieldsOf, isFields, parseJson, quoted, type Fields } from './fields';
import { Hdf5File, looksLikeHdf5 } from './hdf5-read';
import { convertLayer, layerProblem } from './known-layers';
import type { Piece } from './layer-settings';
import { readTopology, type KerasGraph, type KerasLayer } from './topology';
import type { ImportedModel, ModelFile } from './types';
import { kerasWeights, legacyWeights, tfjsWeights, type WeightSource } from './weight-source';

/** A layer of ours in the making: what it reads is known by place, -1 for the model's input. */
interface Draft extends Piece {
  spec: LayerSpec;
  inputs: number[];
  readonly layer: KerasLayer;
  readonly shape: readonly number[];
  /** Fused into the layer that it read. */
  gone?: boolean;
}

const unknownLayers = (problems: readonly string[]): ModelError =>
  new ModelError(
    'unknown-layers',
    `The model has layers that Dormouse does not know: ${problems.slice(0, 40).join(', ')}${problems.length > 40 ? ` and ${problems.length - 40} more` : ''}.`,
    'Replace those layers in the tool that made the model, and save it again.',
  );

const named = ({ className, name }: KerasLayer, problem: string): string =>
  `${className.slice(0, 60)} ${quoted(name)}${problem ? ` (${problem})` : ''}`;

/** The shape that one layer makes of the given ones. */
function shapeAfter(spec: LayerSpec, shapes: readonly (readonly number[])[]): readonly number[] {
  if (spec.kind !== 'add') return resolveModel({ version: 1, input: shapes[0], layers: [spec] })[0].outputShape;
  return shapes[0];
}

class Drafting {
  readonly drafts: Draft[] = [];
  readonly notes: string[] = [];
  /** Which draft makes the output of a Keras layer. */
  private readonly made = new Map<string, number>();

  constructor(private readonly graph: KerasGraph) {
    const problems = graph.layers.flatMap((layer) => {
      const problem = layerProblem(layer.className, layer.config);
      return problem === undefined ? [] : [named(layer, problem)];
    });
    if (problems.length) throw unknownLayers(problems);
    for (const layer of graph.layers) this.made.set(layer.id, this.layer(layer));
  }

  get output(): number {
    return this.made.get(this.graph.outputId) as number;
  }

  private shapeOf(draft: number): readonly number[] {
    return draft < 0 ? this.graph.input : this.drafts[draft].shape;
  }

  private layer(layer: KerasLayer): number {
    const inputs = layer.inputs.length ? layer.inputs.map((id) => this.made.get(id) as number) : [-1];
    const adds = layer.className === 'Add';
    if (adds ? inputs.length < 2 : inputs.length !== 1) throw unknownLayers([named(layer, `${inputs.length} inputs`)]);
    const conversion = convertLayer(layer.className, layer.config, this.shapeOf(inputs[0]), layer.name);
    if (typeof conversion === 'string') throw unknownLayers([named(layer, conversion)]);
    if (conversion.note) this.notes.push(conversion.note);
    let last = inputs[0];
    // An Add of three is two of ours.
    const pieces = adds ? inputs.slice(1).map(() => conversion.pieces[0]) : conversion.pieces;
    for (const [index, piece] of pieces.entries()) {
      const reads = adds ? [last, inputs[index + 1]] : [last];
      try {
        const shape = shapeAfter(
          piece.spec,
          reads.map((from) => this.shapeOf(from)),
        );
        last = this.drafts.push({ ...piece, inputs: reads, layer, shape }) - 1;
      } catch (error) {
        if (!(error instanceof ModelError)) throw error;
        throw new ModelError(error.code, `In ${named(layer, '')}: ${error.message}`, error.action, error);
      }
    }
    return last;
  }

  /** An activation goes into the layer before it, where that has none and nobody else reads it. */
  fuse(): void {
    const readers = new Map<number, number>([[this.output, 1]]);
    for (const { inputs } of this.drafts) for (const from of inputs) readers.set(from, (readers.get(from) ?? 0) + 1);
    this.drafts.forEach((draft, index) => {
      const before = this.drafts[draft.inputs[0]] as Draft | undefined;
      if (draft.spec.kind !== 'activation' || !before || readers.get(draft.inputs[0]) !== 1) return;
      if (!('activation' in before.spec) || before.spec.activation !== 'none') return;
      before.spec = { ...before.spec, activation: draft.spec.activation };
      draft.gone = true;
      const from = draft.inputs[0];
      if (this.made.get(this.graph.outputId) === index) this.made.set(this.graph.outputId, from);
      for (const later of this.drafts) later.inputs = later.inputs.map((input) => (input === index ? from : input));
      readers.set(from, readers.get(index) ?? 0);
    });
  }
}

/** Names stay where they are unique; an output layer that is not the last in the list cannot be. */
function specOf(drafting: Drafting, input: readonly number[]): { spec: ModelSpec; kept: readonly Draft[] } {
  const kept = drafting.drafts.filter((draft) => !draft.gone);
  if (kept.length === 0 || drafting.drafts[drafting.output] !== kept[kept.length - 1])
    throw damagedModel('The model has no layer that computes anything.');
  const taken = new Set(['input']);
  const names = kept.map(({ layer }) => {
    let name = layer.name;
    for (let count = 2; taken.has(name); count++) name = `${layer.name}_${count}`;
    taken.add(name);
    return name;
  });
  const placeOf = new Map(kept.map((draft, index) => [drafting.drafts.indexOf(draft), index]));
  const layers = kept.map(({ spec, inputs }, index): LayerSpec => {
    const places = inputs.map((from) => (from < 0 ? -1 : (placeOf.get(from) as number)));
    const follows = places.length === 1 && places[0] === index - 1;
    const read = places.map((place) => (place < 0 ? 'input' : names[place]));
    return { ...spec, name: names[index], ...(follows ? {} : { inputs: read }) };
  });
  const early = kept.findIndex(({ spec }, at) => at < kept.length - 1 && ['softmax', 'sigmoid'].includes(spec.kind));
  if (early >= 0) throw unknownLayers([named(kept[early].layer, `${kept[early].spec.kind} before the last layer`)]);
  return { spec: { version: 1, input, layers }, kept };
}

const withoutOnes = (shape: readonly number[]): string => {
  const first = shape.findIndex((size) => size !== 1);
  return first < 0 ? '' : shape.slice(first).join(' x ');
};

function numbersOf(draft: Draft, name: WeightName, wanted: readonly number[], source: WeightSource): Float32Array {
  const origin = draft.weights[name];
  if (!origin) return new Float32Array(product(wanted));
  if ('numbers' in origin) return Float32Array.from(origin.numbers);
  const found = source.read(draft.layer, origin.variable, origin.place);
  if (!found) throw damagedModel(`The file has no ${origin.variable} for the layer ${named(draft.layer, '')}.`);
  if (withoutOnes(found.shape) !== withoutOnes(wanted))
    throw damagedModel(
      `The ${origin.variable} of the layer ${named(draft.layer, '')} has the shape ${found.shape.join(' x ')} where ${wanted.join(' x ')} is needed.`,
    );
  return found.values;
}

function weightsOf(draft: Draft, resolved: ResolvedLayer, source: WeightSource): LayerWeights {
  const shapes = weightShapesOf(resolved);
  const names = weightNames.filter((name) => shapes[name]);
  return Object.fromEntries(
    names.map((name) => [name, numbersOf(draft, name, shapes[name] as readonly number[], source)]),
  );
}

function assembled(description: Fields, source: WeightSource): ImportedModel {
  const graph = readTopology(description);
  const drafting = new Drafting(graph);
  drafting.fuse();
  const { spec, kept } = specOf(drafting, graph.input);
  const layers = resolveModel(spec);
  if (parameterCount(spec) > mostParameters)
    throw new ModelError(
      'too-large',
      `The model would hold ${parameterCount(spec)} numbers, more than fit into memory.`,
      'Choose a smaller model.',
    );
  const weights = layers.map((layer, index) => weightsOf(kept[index], layer, source));
  checkWeights(spec, weights);
  return { spec, weights, notes: drafting.notes };
}

const configName = 'config.json';
const weightsName = 'model.weights.h5';
/** Numbers in float64 and some overhead. */
const mostUnpacked = mostParameters * 8;
/** Deflate cannot do better, so a file that claims more is lying about its size. */
const bestCompression = 1032;

function unpacked(bytes: Uint8Array): Record<string, Uint8Array> {
  let largest = '';
  try {
    const files = unzipSync(bytes, {
      filter({ name, originalSize, size }) {
        const limit = name === configName ? 1 << 24 : name === weightsName ? mostUnpacked : 0;
        const lies = originalSize > size * bestCompression + 64;
        if (limit && (originalSize > limit || lies)) largest = name;
        return limit > 0 && originalSize <= limit && !lies;
      },
    });
    if (!largest) return files;
  } catch (error) {
    throw damagedModel('The .keras file is damaged: it cannot be unpacked.', error);
  }
  throw new ModelError('too-large', `${largest} in the .keras file is too large.`, 'Choose a smaller model.');
}

function importKeras(bytes: Uint8Array): ImportedModel {
  const files = unpacked(bytes);
  if (!Object.hasOwn(files, configName))
    throw damagedModel(`The zip file holds no ${configName}, so it is no .keras model.`);
  if (!Object.hasOwn(files, weightsName)) throw damagedModel(`The .keras file holds no weights (${weightsName}).`);
  return assembled(parseJson(files[configName], configName), kerasWeights(new Hdf5File(files[weightsName])));
}

function importLegacy(bytes: Uint8Array): ImportedModel {
  const file = new Hdf5File(bytes);
  const config = file.texts('', 'model_config')?.[0];
  if (config === undefined) throw damagedModel('The .h5 file holds weights only: the layers are not described in it.');
  return assembled(parseJson(config, 'The description of the model'), legacyWeights(file));
}

function importTfjs(model: Fields, files: readonly ModelFile[]): ImportedModel {
  if (field(model, 'format') === 'graph-model')
    throw new ModelError(
      'unknown-layers',
      'This is a TensorFlow.js graph model, which holds single operations instead of layers.',
      'Convert the original Keras model with --output_format=tfjs_layers_model, or take the .keras file itself.',
    );
  const topology = field(model, 'modelTopology');
  if (!isFields(topology)) throw damagedModel('The JSON file holds no layers of a TensorFlow.js model.');
  const config = field(topology, 'model_config');
  const description = config === undefined ? topology : fieldsOf(config, 'description of the model');
  return assembled(description, tfjsWeights(field(model, 'weightsManifest'), files));
}

/**
 * @param files one .keras, one .h5, or a model.json with all its files of weights.
 * @throws ModelError: one sentence for whatever is wrong; `unknown-layers` names every layer that is not known.
 */
export function importModel(files: readonly ModelFile[]): ImportedModel {
  const zip = files.find(({ bytes }) => bytes[0] === 0x50 && bytes[1] === 0x4b);
  if (zip) return importKeras(zip.bytes);
  const hdf5 = files.find(({ bytes }) => looksLikeHdf5(bytes));
  if (hdf5) return importLegacy(hdf5.bytes);
  const json = files.find(({ name }) => name.toLowerCase().endsWith('.json'));
  if (json) return importTfjs(parseJson(json.bytes, quoted(json.name)), files);
  throw damagedModel('None of the files is a .keras, an .h5 or a model.json.');
}
