/**
 * A ModelSpec as a TensorFlow.js layers model, up to but without its softmax (the loss works on what goes into it),
 * and weights back and forth.
 */
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs';
import {
  modelInput,
  resolveModel,
  weightNames,
  weightShapesOf,
  type ModelSpec,
  type ModelWeights,
  type ResolvedLayer,
} from '../../model';
import type { Tf } from './load';

interface BuiltLayer {
  apply(input: SymbolicTensor | SymbolicTensor[]): unknown;
}

const activationOf = (activation: 'none' | 'relu' | 'relu6') => (activation === 'none' ? 'linear' : activation);

/** The layer of TensorFlow.js that does what ours does; `name` finds it again. */
function layerFor(tf: Tf, layer: ResolvedLayer, name: string, dropout: boolean): BuiltLayer {
  const { spec } = layer;
  const l2 = {
    ...('l2' in spec && spec.l2 ? { kernelRegularizer: tf.regularizers.l2({ l2: spec.l2 }) } : {}),
    ...('bias' in spec && spec.bias === false ? { useBias: false } : {}),
  };
  switch (spec.kind) {
    case 'dense':
      return tf.layers.dense({ name, units: spec.units, ...l2 });
    case 'conv1d':
      return tf.layers.conv1d({
        name,
        filters: spec.filters,
        kernelSize: spec.kernel,
        strides: spec.stride,
        padding: spec.padding,
        ...l2,
      });
    case 'conv2d':
      return tf.layers.conv2d({
        name,
        filters: spec.filters,
        kernelSize: [...spec.kernel],
        strides: [...spec.stride] as [number, number],
        padding: spec.padding,
        ...l2,
      });
    case 'depthwiseConv2d':
      return tf.layers.depthwiseConv2d({
        name,
        depthMultiplier: spec.multiplier,
        kernelSize: [...spec.kernel] as [number, number],
        strides: [...spec.stride] as [number, number],
        padding: spec.padding,
      });
    case 'batchNorm':
      return tf.layers.batchNormalization({ name, momentum: spec.momentum ?? 0.99, epsilon: spec.epsilon ?? 0.001 });
    case 'maxPool1d':
    case 'averagePool1d': {
      const config = { name, poolSize: spec.size, strides: spec.stride, padding: spec.padding };
      return spec.kind === 'maxPool1d' ? tf.layers.maxPooling1d(config) : tf.layers.averagePooling1d(config);
    }
    case 'maxPool2d':
    case 'averagePool2d': {
      const config = {
        name,
        poolSize: [...spec.size] as [number, number],
        strides: [...spec.stride] as [number, number],
        padding: spec.padding,
      };
      return spec.kind === 'maxPool2d' ? tf.layers.maxPooling2d(config) : tf.layers.averagePooling2d(config);
    }
    case 'globalAveragePool':
      return layer.inputShapes[0].length === 2
        ? tf.layers.globalAveragePooling1d({ name })
        : tf.layers.globalAveragePooling2d({ name });
    case 'globalMaxPool':
      return layer.inputShapes[0].length === 2
        ? tf.layers.globalMaxPooling1d({ name })
        : tf.layers.globalMaxPooling2d({ name });
    case 'flatten':
      return tf.layers.flatten({ name });
    case 'reshape':
      return tf.layers.reshape({ name, targetShape: [...spec.shape] });
    case 'dropout':
      return tf.layers.dropout({ name, rate: dropout ? spec.rate : 0 });
    case 'zeroPadding': {
      const [top, bottom, left, right] = spec.padding;
      return tf.layers.zeroPadding2d({
        name,
        padding: [
          [top, bottom],
          [left, right],
        ],
      });
    }
    case 'add':
      return tf.layers.add({ name });
    case 'activation':
    case 'softmax':
    case 'sigmoid':
      return tf.layers.activation({ name, activation: 'linear' });
  }
}

const nameOf = (index: number) => `layer${index}`;

/** @param dropout false to leave rows whole in training too (for comparing gradients). */
export function buildTfModel(tf: Tf, spec: ModelSpec, dropout: boolean): LayersModel {
  const input = tf.input({ shape: [...spec.input] });
  const outputs: SymbolicTensor[] = [];
  resolveModel(spec).forEach((layer, index) => {
    const from = layer.inputs.map((source) => (source === modelInput ? input : outputs[source]));
    let output = layerFor(tf, layer, nameOf(index), dropout).apply(
      layer.spec.kind === 'add' ? from : from[0],
    ) as SymbolicTensor;
    if ('activation' in layer.spec && layer.spec.activation !== 'none')
      output = tf.layers
        .activation({ activation: activationOf(layer.spec.activation) })
        .apply(output) as SymbolicTensor;
    outputs.push(output);
  });
  return tf.model({ inputs: input, outputs: outputs[outputs.length - 1] });
}

/** Shapes as TensorFlow.js keeps them: a 1-D convolution's kernel has no height. */
function tfShape(layer: ResolvedLayer, shape: readonly number[]): number[] {
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
