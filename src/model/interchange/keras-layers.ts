/**
 * A ModelSpec as Keras's layers, in the settings that Keras 2, Keras 3 and TensorFlow.js share, with the numbers of
 * each. An activation stands as a layer of its own where Keras's layer has no room for it.
 *
 * Knows nothing of files.
 */
import { modelInput, resolveModel, type ResolvedLayer } from '../resolve';
import type { Activation, LayerWeights, ModelSpec, ModelWeights } from '../spec';
import { checkWeights, weightNames, weightShapesOf, type WeightName } from '../weights';

export interface WrittenWeight {
  /** As Keras calls the variable. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface WrittenLayer {
  readonly className: string;
  readonly name: string;
  /** Without name, shapes of inputs and the like, which differ between the dialects. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Names of the layers read; empty for the input. */
  readonly inputs: readonly string[];
  /** What it makes, without the batch. */
  readonly shape: readonly number[];
  readonly weights: readonly WrittenWeight[];
  /** L2 penalty, and the setting where it belongs. */
  readonly penalty?: { readonly setting: string; readonly l2: number };
}

export interface WrittenModel {
  /** The input layer first, each behind those it reads; layers whose output nobody needs are left out. */
  readonly layers: readonly WrittenLayer[];
  /** Each layer reads the one before, and nothing else. */
  readonly isChain: boolean;
}

interface Described {
  readonly className: string;
  readonly settings: Record<string, unknown>;
  /** Its activation is a setting; otherwise it follows as a layer. */
  readonly takesActivation?: boolean;
  readonly penalised?: string;
}

const sliding = { data_format: 'channels_last', dilation_rate: [1, 1] };
const sliding1d = { data_format: 'channels_last', dilation_rate: [1] };

function describeWeighted({ spec }: ResolvedLayer): Described | undefined {
  switch (spec.kind) {
    case 'dense':
      return {
        className: 'Dense',
        settings: { units: spec.units, use_bias: spec.bias ?? true },
        takesActivation: true,
        penalised: 'kernel_regularizer',
      };
    case 'conv1d': {
      const { filters, kernel, stride, padding } = spec;
      const settings = { filters, kernel_size: [kernel], strides: [stride], padding, use_bias: spec.bias ?? true };
      return {
        className: 'Conv1D',
        settings: { ...settings, ...sliding1d },
        takesActivation: true,
        penalised: 'kernel_regularizer',
      };
    }
    case 'conv2d': {
      const { filters, kernel, stride, padding } = spec;
      const settings = { filters, kernel_size: kernel, strides: stride, padding, use_bias: spec.bias ?? true };
      return {
        className: 'Conv2D',
        settings: { ...settings, ...sliding },
        takesActivation: true,
        penalised: 'kernel_regularizer',
      };
    }
    case 'depthwiseConv2d': {
      const { multiplier, kernel, stride, padding } = spec;
      const settings = { depth_multiplier: multiplier, kernel_size: kernel, strides: stride, padding };
      return {
        className: 'DepthwiseConv2D',
        settings: { ...settings, use_bias: spec.bias ?? true, ...sliding },
        takesActivation: true,
        penalised: 'depthwise_regularizer',
      };
    }
    case 'batchNorm': {
      const numbers = { momentum: spec.momentum ?? 0.99, epsilon: spec.epsilon ?? 0.001 };
      return { className: 'BatchNormalization', settings: { axis: -1, ...numbers, center: true, scale: true } };
    }
    default:
      return undefined;
  }
}

function describePlain({ spec, inputShapes }: ResolvedLayer): Described {
  const dimensions = inputShapes[0].length - 1;
  switch (spec.kind) {
    case 'maxPool1d':
    case 'averagePool1d': {
      const settings = { pool_size: [spec.size], strides: [spec.stride], padding: spec.padding };
      const className = spec.kind === 'maxPool1d' ? 'MaxPooling1D' : 'AveragePooling1D';
      return { className, settings: { ...settings, data_format: 'channels_last' } };
    }
    case 'maxPool2d':
    case 'averagePool2d': {
      const settings = { pool_size: spec.size, strides: spec.stride, padding: spec.padding };
      const className = spec.kind === 'maxPool2d' ? 'MaxPooling2D' : 'AveragePooling2D';
      return { className, settings: { ...settings, data_format: 'channels_last' } };
    }
    case 'globalAveragePool':
    case 'globalMaxPool': {
      const which = spec.kind === 'globalAveragePool' ? 'Average' : 'Max';
      return { className: `Global${which}Pooling${dimensions}D`, settings: { data_format: 'channels_last' } };
    }
    case 'flatten':
      return { className: 'Flatten', settings: {} };
    case 'reshape':
      return { className: 'Reshape', settings: { target_shape: spec.shape } };
    case 'dropout':
      return { className: 'Dropout', settings: { rate: spec.rate } };
    case 'zeroPadding': {
      const [top, bottom, left, right] = spec.padding;
      const padding = [
        [top, bottom],
        [left, right],
      ];
      return { className: 'ZeroPadding2D', settings: { padding, data_format: 'channels_last' } };
    }
    case 'add':
      return { className: 'Add', settings: {} };
    case 'softmax':
    case 'sigmoid':
      return { className: 'Activation', settings: { activation: spec.kind } };
    default:
      return { className: 'Activation', settings: { activation: 'linear' } };
  }
}

const activationLayer = (activation: Activation): Described =>
  activation === 'relu6' ? { className: 'ReLU', settings: { max_value: 6 } } : { className: 'ReLU', settings: {} };

const variableNames: Readonly<Record<Exclude<WeightName, 'kernel'>, string>> = {
  ...{ bias: 'bias', gamma: 'gamma', beta: 'beta' },
  ...{ movingMean: 'moving_mean', movingVariance: 'moving_variance' },
};

function writtenWeights(layer: ResolvedLayer, weights: LayerWeights): WrittenWeight[] {
  const shapes = weightShapesOf(layer);
  const kernelName = layer.spec.kind === 'depthwiseConv2d' ? 'depthwise_kernel' : 'kernel';
  return weightNames.flatMap((name) => {
    const shape = shapes[name];
    const values = weights[name];
    if (!shape || !values) return [];
    // A 1-D convolution's kernel has no height in Keras.
    const written = layer.spec.kind === 'conv1d' && shape.length === 4 ? shape.slice(1) : shape;
    return [{ name: name === 'kernel' ? kernelName : variableNames[name], shape: written, values }];
  });
}

/** Layers that the last one needs, by place. */
function needed(layers: readonly ResolvedLayer[]): ReadonlySet<number> {
  const wanted = new Set([layers.length - 1]);
  for (let index = layers.length - 1; index >= 0; index--)
    if (wanted.has(index)) for (const from of layers[index].inputs) wanted.add(from);
  return wanted;
}

/** @throws ModelError `bad-spec` or `bad-weights`. */
export function writtenModel(spec: ModelSpec, weights: ModelWeights): WrittenModel {
  const layers = resolveModel(spec);
  checkWeights(spec, weights);
  const written: WrittenLayer[] = [
    { className: 'InputLayer', name: 'input', settings: {}, inputs: [], shape: spec.input, weights: [] },
  ];
  const taken = new Set(['input']);
  const unused = (base: string): string => {
    let name = base;
    for (let count = 2; taken.has(name); count++) name = `${base}_${count}`;
    taken.add(name);
    return name;
  };
  const lastName = new Map<number, string>([[modelInput, 'input']]);
  const wanted = needed(layers);
  layers.forEach((layer, index) => {
    if (!wanted.has(index)) return;
    const activation = 'activation' in layer.spec ? layer.spec.activation : 'none';
    // Keras allows no slashes in names, and TensorFlow.js builds paths of them.
    const name = unused((layer.spec.name ?? layer.spec.kind.toLowerCase()).replace(/[^\w.-]+/g, '_'));
    const alone = layer.spec.kind === 'activation' && activation !== 'none';
    const described = alone ? activationLayer(activation) : (describeWeighted(layer) ?? describePlain(layer));
    const fused = described.takesActivation ? { activation: activation === 'relu' ? 'relu' : 'linear' } : {};
    const l2 = 'l2' in layer.spec && layer.spec.l2 ? layer.spec.l2 : 0;
    written.push({
      className: described.className,
      name,
      settings: { ...described.settings, ...fused },
      inputs: layer.inputs.map((from) => lastName.get(from) as string),
      shape: layer.outputShape,
      weights: writtenWeights(layer, weights[index]),
      ...(described.penalised && l2 ? { penalty: { setting: described.penalised, l2 } } : {}),
    });
    lastName.set(index, name);
    if (activation === 'none' || alone || (described.takesActivation && activation === 'relu')) return;
    const after = activationLayer(activation);
    const afterName = unused(`${name}_${activation}`);
    written.push({ ...after, name: afterName, inputs: [name], shape: layer.outputShape, weights: [] });
    lastName.set(index, afterName);
  });
  const isChain = written.every(({ inputs }, index) => index === 0 || inputs.join() === written[index - 1].name);
  return { layers: written, isChain };
}
