/**
 * Keras's layers with numbers of their own, as layers of a ModelSpec. Formulas: Keras 3's reference of each layer.
 */
import type { LayerSpec } from '../spec';
import type { WeightName } from '../weights';
import { field, quoted } from './fields';
import {
  activated,
  activationProblem,
  biasOf,
  flag,
  l2Of,
  numberOf,
  one,
  slidingFields,
  slidingProblem,
  withoutBias,
  type Conversion,
  type Known,
  type Piece,
  type WeightOrigin,
} from './layer-settings';

export const weightedLayers: Readonly<Record<string, Known>> = {
  Dense: {
    problem: activationProblem,
    convert(config, shape) {
      const units = numberOf(config, 'units', 0);
      const common = { activation: 'none', ...l2Of(config, 'kernel_regularizer'), ...withoutBias(config) } as const;
      const kernel = { kernel: { variable: 'kernel', place: 0 }, ...biasOf(config, 1) };
      // On more than a list, Keras's layer works on the last axis alone, as a convolution over single places does.
      const spec: LayerSpec =
        shape.length === 1
          ? { kind: 'dense', units, ...common }
          : shape.length === 2
            ? { kind: 'conv1d', filters: units, kernel: 1, stride: 1, padding: 'valid', ...common }
            : { kind: 'conv2d', filters: units, kernel: [1, 1], stride: [1, 1], padding: 'valid', ...common };
      return activated(one(spec, kernel), config);
    },
  },
  Conv1D: {
    problem: (config) => slidingProblem(config, 'kernel_size') ?? activationProblem(config),
    convert(config) {
      const { kernel, stride, padding } = slidingFields(config);
      const spec: LayerSpec = {
        kind: 'conv1d',
        filters: numberOf(config, 'filters', 0),
        kernel: kernel[0],
        stride: stride[0],
        padding,
        activation: 'none',
        ...l2Of(config, 'kernel_regularizer'),
        ...withoutBias(config),
      };
      return activated(one(spec, { kernel: { variable: 'kernel', place: 0 }, ...biasOf(config, 1) }), config);
    },
  },
  Conv2D: {
    problem: (config) => slidingProblem(config, 'kernel_size') ?? activationProblem(config),
    convert(config) {
      const spec: LayerSpec = {
        kind: 'conv2d',
        filters: numberOf(config, 'filters', 0),
        ...slidingFields(config),
        activation: 'none',
        ...l2Of(config, 'kernel_regularizer'),
        ...withoutBias(config),
      };
      return activated(one(spec, { kernel: { variable: 'kernel', place: 0 }, ...biasOf(config, 1) }), config);
    },
  },
  DepthwiseConv2D: {
    problem: (config) => slidingProblem(config, 'kernel_size') ?? activationProblem(config),
    convert(config) {
      const spec: LayerSpec = {
        kind: 'depthwiseConv2d',
        multiplier: numberOf(config, 'depth_multiplier', 1),
        ...slidingFields(config),
        activation: 'none',
        ...l2Of(config, 'depthwise_regularizer'),
        ...withoutBias(config),
      };
      const kernel = { variable: 'depthwise_kernel', place: 0 };
      return activated(one(spec, { kernel, ...biasOf(config, 1) }), config);
    },
  },
  SeparableConv2D: {
    problem: (config) => slidingProblem(config, 'kernel_size') ?? activationProblem(config),
    convert(config, _shape, name) {
      const multiplier = numberOf(config, 'depth_multiplier', 1);
      const each: LayerSpec = {
        kind: 'depthwiseConv2d',
        multiplier,
        ...slidingFields(config),
        activation: 'none',
        bias: false,
      };
      const across: LayerSpec = {
        kind: 'conv2d',
        filters: numberOf(config, 'filters', 0),
        kernel: [1, 1],
        stride: [1, 1],
        padding: 'valid',
        activation: 'none',
        ...l2Of(config, 'pointwise_regularizer'),
        ...withoutBias(config),
      };
      const pieces: Piece[] = [
        { spec: each, weights: { kernel: { variable: 'depthwise_kernel', place: 0 } } },
        { spec: across, weights: { kernel: { variable: 'pointwise_kernel', place: 1 }, ...biasOf(config, 2) } },
      ];
      const note = `The separable convolution ${quoted(name)} became a depthwise convolution and one over single places.`;
      return { ...activated({ pieces }, config), note };
    },
  },
  BatchNormalization: {
    convert(config, shape) {
      const axis = field(config, 'axis') ?? -1;
      const last = Array.isArray(axis) && axis.length === 1 ? (axis[0] as unknown) : axis;
      if (last !== -1 && last !== shape.length) return `axis ${quoted(axis)}`;
      const channels = shape[shape.length - 1];
      const names = ['gamma', 'beta', 'movingMean', 'movingVariance'] as const;
      const absent = { gamma: !flag(config, 'scale', true), beta: !flag(config, 'center', true) };
      const variables = { gamma: 'gamma', beta: 'beta', movingMean: 'moving_mean', movingVariance: 'moving_variance' };
      const weights: Partial<Record<WeightName, WeightOrigin>> = {};
      let place = 0;
      for (const name of names) {
        if ((name === 'gamma' && absent.gamma) || (name === 'beta' && absent.beta))
          weights[name] = { numbers: Array<number>(channels).fill(name === 'gamma' ? 1 : 0) };
        else weights[name] = { variable: variables[name], place: place++ };
      }
      const momentum = numberOf(config, 'momentum', 0.99);
      const epsilon = numberOf(config, 'epsilon', 0.001);
      return one({ kind: 'batchNorm', activation: 'none', momentum, epsilon }, weights);
    },
  },
};

/** A batch norm with numbers of ours: out = in * scale + offset, each channel by itself. Its epsilon vanishes in float32. */
function scaled(origins: Piece['weights'], note: string): Conversion {
  return { ...one({ kind: 'batchNorm', activation: 'none', epsilon: 1e-12 }, origins), note };
}

/** One number for all channels, or one for each; nested lists are flattened. */
function perChannel(value: unknown, channels: number): number[] | undefined {
  const list: readonly unknown[] = [value].flat<unknown[], 8>(8);
  const numbers = list.filter((entry) => typeof entry === 'number');
  if (numbers.length !== list.length || (list.length !== 1 && list.length !== channels)) return undefined;
  return Array.from({ length: channels }, (_, index) => (list.length === 1 ? numbers[0] : numbers[index]));
}

export const scalingLayers: Readonly<Record<string, Known>> = {
  Rescaling: {
    convert(config, shape, name) {
      const channels = shape[shape.length - 1];
      const gamma = perChannel(config['scale'], channels);
      const beta = perChannel(field(config, 'offset') ?? 0, channels);
      if (!gamma || !beta) return 'a scale that is not one number for each channel';
      const zeros = { numbers: Array<number>(channels).fill(0) };
      const ones = { numbers: Array<number>(channels).fill(1) };
      return scaled(
        { gamma: { numbers: gamma }, beta: { numbers: beta }, movingMean: zeros, movingVariance: ones },
        `The rescaling ${quoted(name)} became a batch norm with fixed numbers: feed the model what it was fed in Keras, before rescaling.`,
      );
    },
  },
  Normalization: {
    problem: (config) => (flag(config, 'invert', false) ? 'inverted' : undefined),
    convert(config, shape, name) {
      const channels = shape[shape.length - 1];
      const axis: readonly unknown[] = [field(config, 'axis') ?? []].flat<unknown[], 1>();
      if (axis.length !== 1 || (axis[0] !== -1 && axis[0] !== shape.length)) return `axis ${quoted(config['axis'])}`;
      const given = field(config, 'mean') !== undefined;
      const mean = given ? perChannel(config['mean'], channels) : [];
      const variance = given ? perChannel(config['variance'], channels) : [];
      if (!mean || !variance) return 'a mean that is not one number for each channel';
      return scaled(
        {
          gamma: { numbers: Array<number>(channels).fill(1) },
          beta: { numbers: Array<number>(channels).fill(0) },
          movingMean: given ? { numbers: mean } : { variable: 'mean', place: 0 },
          movingVariance: given ? { numbers: variance } : { variable: 'variance', place: 1 },
        },
        `The normalization ${quoted(name)} became a batch norm with fixed numbers: feed the model what it was fed in Keras, before normalization.`,
      );
    },
  },
};
