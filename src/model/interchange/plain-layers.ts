/**
 * Keras's layers without numbers of their own, as layers of a ModelSpec, and those that do nothing once a model is
 * trained. Formulas: Keras 3's reference of each layer.
 */
import { product } from '../resolve';
import type { LayerSpec } from '../spec';
import { field, quoted, wholeNumbers } from './fields';
import {
  activated,
  activationProblem,
  channelsFirst,
  flag,
  nothing,
  numberOf,
  one,
  pairOf,
  paddingOf,
  slidingProblem,
  type Known,
  type Pair,
} from './layer-settings';

function pooling(kind: 'maxPool' | 'averagePool', dimensions: 1 | 2): Known {
  return {
    problem: (config) => slidingProblem(config, 'pool_size'),
    convert(config) {
      const size = pairOf(field(config, 'pool_size'), [2, 2]) as Pair;
      const stride = pairOf(field(config, 'strides'), size) as Pair;
      const padding = paddingOf(config);
      return dimensions === 1
        ? one({ kind: `${kind}1d`, size: size[0], stride: stride[0], padding })
        : one({ kind: `${kind}2d`, size, stride, padding });
    },
  };
}

function globalPooling(kind: 'globalAveragePool' | 'globalMaxPool'): Known {
  return {
    problem: channelsFirst,
    convert(config, shape) {
      const pooled = one({ kind });
      if (!flag(config, 'keepdims', false)) return pooled;
      const kept: LayerSpec = { kind: 'reshape', shape: shape.map((size, at) => (at === shape.length - 1 ? size : 1)) };
      return { pieces: [...pooled.pieces, { spec: kept, weights: {} }] };
    },
  };
}

/** `p`, `[vertical, horizontal]` or `[[top, bottom], [left, right]]`. */
function marginsOf(value: unknown): readonly [number, number, number, number] | undefined {
  const sides = Array.isArray(value) ? value : [value, value];
  if (sides.length !== 2) return undefined;
  const ends = sides.map((side: unknown) => wholeNumbers(Array.isArray(side) ? side : [side, side], 0));
  const [rows, columns] = ends;
  if (rows?.length !== 2 || columns?.length !== 2) return undefined;
  return [rows[0], rows[1], columns[0], columns[1]];
}

export const plainLayers: Readonly<Record<string, Known>> = {
  InputLayer: { convert: () => nothing },
  Activation: { problem: activationProblem, convert: (config) => activated(nothing, config) },
  ReLU: {
    problem(config) {
      const limit = field(config, 'max_value');
      if (limit !== undefined && limit !== 6) return `a limit of ${quoted(limit)}`;
      if ((field(config, 'negative_slope') ?? 0) !== 0) return 'a slope below zero';
      return (field(config, 'threshold') ?? 0) === 0 ? undefined : 'a threshold';
    },
    convert: (config) => one({ kind: 'activation', activation: field(config, 'max_value') === 6 ? 'relu6' : 'relu' }),
  },
  Softmax: {
    convert(config, shape) {
      const axis = field(config, 'axis') ?? -1;
      return axis === -1 || axis === shape.length ? one({ kind: 'softmax' }) : `axis ${quoted(axis)}`;
    },
  },
  Sigmoid: { convert: () => one({ kind: 'sigmoid' }) },
  MaxPooling1D: pooling('maxPool', 1),
  AveragePooling1D: pooling('averagePool', 1),
  MaxPooling2D: pooling('maxPool', 2),
  AveragePooling2D: pooling('averagePool', 2),
  GlobalAveragePooling1D: globalPooling('globalAveragePool'),
  GlobalAveragePooling2D: globalPooling('globalAveragePool'),
  GlobalMaxPooling1D: globalPooling('globalMaxPool'),
  GlobalMaxPooling2D: globalPooling('globalMaxPool'),
  Flatten: {
    problem: channelsFirst,
    convert: (_config, shape) => (shape.length === 1 ? nothing : one({ kind: 'flatten' })),
  },
  Reshape: {
    convert(config, shape) {
      const target = wholeNumbers(config['target_shape'], -1);
      if (!target || target.filter((size) => size === -1).length > 1) return `shape ${quoted(config['target_shape'])}`;
      const known = product(target.filter((size) => size !== -1));
      return one({ kind: 'reshape', shape: target.map((size) => (size === -1 ? product(shape) / known : size)) });
    },
  },
  Dropout: { convert: (config) => one({ kind: 'dropout', rate: numberOf(config, 'rate', 0) }) },
  ZeroPadding2D: {
    problem: (config) =>
      channelsFirst(config) ??
      (marginsOf(field(config, 'padding') ?? 1) ? undefined : `padding ${quoted(config['padding'])}`),
    convert: (config) => {
      const padding = marginsOf(field(config, 'padding') ?? 1);
      return padding ? one({ kind: 'zeroPadding', padding }) : 'its padding';
    },
  },
  Add: { convert: () => one({ kind: 'add', activation: 'none' }) },
};

/** Layers that change nothing once a model is trained. */
const onlyWhileTraining = [
  ...['ActivityRegularization', 'AlphaDropout', 'GaussianDropout', 'GaussianNoise', 'SpatialDropout1D'],
  ...['SpatialDropout2D', 'RandomBrightness', 'RandomContrast', 'RandomFlip', 'RandomRotation'],
  ...['RandomTranslation', 'RandomZoom'],
];
const leftOut: Known = {
  convert: (_config, _shape, name) => ({
    pieces: [],
    note: `The layer ${quoted(name)} acts only while a model trains in Keras, and was left out.`,
  }),
};

export const idleLayers: Readonly<Record<string, Known>> = Object.fromEntries(
  onlyWhileTraining.map((name) => [name, leftOut]),
);
