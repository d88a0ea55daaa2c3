/**
 * A ModelSpec as a TensorFlow.js layers model, up to but without its softmax or sigmoid (the loss works on what goes
 * into it), and weights back and forth.
 */
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs';
import {
  modelInput,
  product,
  resolveModel,
  weightNames,
  weightShapesOf,
  type LayerSpec,
  type ModelSpec,
  type ModelWeights,
  type ResolvedLayer,
} from '../../model';
import { averagePool, depthwise, frozenNorm } from './layers';
import type { Tf } from './load';

interface BuiltLayer {
  apply(input: SymbolicTensor | SymbolicTensor[]): unknown;
}

export interface BuildOptions {
  /** false to leave rows whole in training too (for comparing gradients). */
  readonly dropout: boolean;
  readonly frozen?: readonly number[] | undefined;
}

const activationOf = (activation: 'none' | 'relu' | 'relu6') => (activation === 'none' ? 'linear' : activation);

const pairOf = ([first, second]: readonly number[]): [number, number] => [first, second];

/** Whether a convolution is a dense layer over the channels of each position. */
const isPointwise = (spec: LayerSpec): boolean =>
  spec.kind === 'conv2d' && product(spec.kernel) === 1 && product(spec.stride) === 1;

/** The layers of TensorFlow.js that do what ours does, one behind the other; `name` finds again the one with the weights. */
function layersFor(tf: Tf, layer: ResolvedLayer, name: string, dropout: boolean, frozen: boolean): BuiltLayer[] {
  const { spec } = layer;
  const flat = layer.inputShapes[0].length === 2;
  const weights = {
    name,
    ...('l2' in spec && spec.l2 ? { kernelRegularizer: tf.regularizers.l2({ l2: spec.l2 }) } : {}),
    ...('bias' in spec && spec.bias === false ? { useBias: false } : {}),
  };
  switch (spec.kind) {
    case 'dense':
      return [tf.layers.dense({ ...weights, units: spec.units })];
    case 'conv1d': {
      const { filters, kernel: kernelSize, stride: strides, padding } = spec;
      return [tf.layers.conv1d({ ...weights, filters, kernelSize, strides, padding })];
    }
    case 'conv2d': {
      const { filters, padding } = spec;
      // The same, and several times faster in plain JavaScript.
      if (isPointwise(spec)) return [tf.layers.dense({ ...weights, units: filters })];
      const kernelSize = pairOf(spec.kernel);
      return [tf.layers.conv2d({ ...weights, filters, kernelSize, strides: pairOf(spec.stride), padding })];
    }
    case 'depthwiseConv2d':
      return depthwise(tf, spec, layer.inputShapes[0], name);
    case 'batchNorm': {
      const config = { name, momentum: spec.momentum ?? 0.99, epsilon: spec.epsilon ?? 0.001 };
      return [frozen ? frozenNorm(tf, config) : tf.layers.batchNormalization(config)];
    }
    case 'maxPool1d': {
      const { size: poolSize, stride: strides, padding } = spec;
      return [tf.layers.maxPooling1d({ name, poolSize, strides, padding })];
    }
    case 'maxPool2d': {
      const { padding } = spec;
      return [tf.layers.maxPooling2d({ name, poolSize: pairOf(spec.size), strides: pairOf(spec.stride), padding })];
    }
    case 'averagePool1d':
    case 'averagePool2d':
      return [averagePool(tf, spec, layer, name)];
    case 'globalAveragePool':
      return [flat ? tf.layers.globalAveragePooling1d({ name }) : tf.layers.globalAveragePooling2d({ name })];
    case 'globalMaxPool':
      // Its own gives the whole gradient to each of several equal largest values; a window over everything, to the first.
      return [
        flat
          ? tf.layers.maxPooling1d({ name, poolSize: layer.inputShapes[0][0] })
          : tf.layers.maxPooling2d({ name, poolSize: pairOf(layer.inputShapes[0]) }),
        tf.layers.flatten(),
      ];
    case 'flatten':
      return [tf.layers.flatten({ name })];
    case 'reshape':
      return [tf.layers.reshape({ name, targetShape: [...spec.shape] })];
    case 'dropout':
      return [tf.layers.dropout({ name, rate: dropout ? spec.rate : 0 })];
    case 'zeroPadding': {
      const [top, bottom, left, right] = spec.padding;
      const rows: [number, number] = [top, bottom];
      return [tf.layers.zeroPadding2d({ name, padding: [rows, [left, right]] })];
    }
    case 'add':
      return [tf.layers.add({ name })];
    case 'activation':
    case 'softmax':
    case 'sigmoid':
      return [tf.layers.activation({ name, activation: 'linear' })];
  }
}

const nameOf = (index: number) => `layer${index}`;

export function buildTfModel(tf: Tf, spec: ModelSpec, { dropout, frozen = [] }: BuildOptions): LayersModel {
  const input = tf.input({ shape: [...spec.input] });
  const outputs: SymbolicTensor[] = [];
  resolveModel(spec).forEach((layer, index) => {
    const from = layer.inputs.map((source) => (source === modelInput ? input : outputs[source]));
    const chain = layersFor(tf, layer, nameOf(index), dropout, frozen.includes(index));
    if ('activation' in layer.spec && layer.spec.activation !== 'none')
      chain.push(tf.layers.activation({ activation: activationOf(layer.spec.activation) }));
    const first = chain[0].apply(layer.spec.kind === 'add' ? from : from[0]) as SymbolicTensor;
    outputs.push(chain.slice(1).reduce((tensor, next) => next.apply(tensor) as SymbolicTensor, first));
  });
  const model = tf.model({ inputs: input, outputs: outputs[outputs.length - 1] });
  for (const index of frozen) model.getLayer(nameOf(index)).trainable = false;
  return model;
}

/** Shapes as TensorFlow.js keeps them: a 1-D convolution's kernel has no height, a pointwise one's only channels. */
function tfShape(layer: ResolvedLayer, shape: readonly number[]): number[] {
  if (isPointwise(layer.spec) && shape.length === 4) return shape.slice(2);
  return layer.spec.kind === 'conv1d' && shape.length === 4 ? shape.slice(1) : [...shape];
}

export function setTfWeights(tf: Tf, model: LayersModel, spec: ModelSpec, weights: ModelWeights): void {
  resolveModel(spec).forEach((layer, index) => {
    const shapes = weightShapesOf(layer);
    const names = weightNames.filter((name) => shapes[name]);
    if (!names.length) return;
    const tensors = names.map((name) =>
      tf.tensor(weights[index][name] as Float32Array, tfShape(layer, shapes[name] as number[])),
    );
    model.getLayer(nameOf(index)).setWeights(tensors);
    tf.dispose(tensors);
  });
}

/** Puts one value per stored array of a layer where ModelWeights has it; `read` gets the layer's name and the array's place. */
export function collectWeights(
  spec: ModelSpec,
  read: (layer: string, place: number) => Float32Array | undefined,
): ModelWeights {
  return resolveModel(spec).map((layer, index) => {
    const shapes = weightShapesOf(layer);
    const names = weightNames.filter((name) => shapes[name]);
    const entries = names.map((name, place) => [name, read(nameOf(index), place)] as const);
    return Object.fromEntries(entries.filter(([, values]) => values !== undefined));
  });
}

export function readTfWeights(model: LayersModel, spec: ModelSpec): ModelWeights {
  return collectWeights(spec, (layer, place) =>
    Float32Array.from(model.getLayer(layer).getWeights()[place].dataSync()),
  );
}

/** The kernels that training moves: layer index and variable. */
export function kernelsOf(model: LayersModel, spec: ModelSpec): [number, LayersModel['weights'][number]][] {
  return resolveModel(spec).flatMap((layer, index) => {
    const found = weightShapesOf(layer).kernel && model.getLayer(nameOf(index));
    return found && found.trainableWeights.length ? [[index, found.trainableWeights[0]]] : [];
  });
}
