/**
 * Random networks with random weights and rows, from one seed: odd seeds are networks of the zoo, even ones anything
 * that the writer knows.
 */
import { Random } from '../../src/base';
import {
  buildModel,
  initialWeights,
  product,
  resolveModel,
  shapesOf,
  type LayerSpec,
  type ModelSpec,
  type ModelWeights,
} from '../../src/model';

export interface RandomModel {
  readonly spec: ModelSpec;
  readonly weights: ModelWeights;
  readonly rows: Float32Array;
  readonly count: number;
}

type Mutable = { -readonly [K in keyof ModelSpec]: ModelSpec[K] } & { layers: LayerSpec[] };

const pick = <T>(random: Random, items: readonly T[]): T => items[random.below(items.length)];
const between = (random: Random, low: number, high: number): number => low + random.below(high - low + 1);
const activation = (random: Random): 'none' | 'relu' | 'relu6' =>
  pick(random, ['none', 'relu', 'relu', 'relu6'] as const);
const padding = (random: Random): 'same' | 'valid' => pick(random, ['same', 'valid'] as const);

const someBias = (random: Random): { bias?: boolean } => (random.below(4) === 0 ? { bias: false } : {});

/** One random layer that can follow a value of this shape; undefined where the draw does not fit. */
function nextLayer(random: Random, shape: readonly number[]): LayerSpec | undefined {
  if (shape.length === 1) return flatLayer(random);
  return shape.length === 2 ? lineLayer(random, shape) : imageLayer(random, shape);
}

function flatLayer(random: Random): LayerSpec {
  const kind = pick(random, ['dense', 'dense', 'dense', 'batchNorm', 'activation', 'dropout'] as const);
  if (kind === 'dense')
    return { kind, units: between(random, 1, 40), activation: activation(random), ...someBias(random) };
  if (kind === 'dropout') return { kind, rate: 0.3 };
  return { kind, activation: activation(random) };
}

function lineLayer(random: Random, shape: readonly number[]): LayerSpec | undefined {
  const kind = pick(random, [
    'conv1d',
    'conv1d',
    'conv1d',
    'maxPool1d',
    'averagePool1d',
    'batchNorm',
    'activation',
    'globalAveragePool',
    'globalMaxPool',
    'flatten',
    'reshape',
    'dropout',
  ] as const);
  switch (kind) {
    case 'conv1d':
      return {
        kind,
        filters: between(random, 1, 24),
        kernel: between(random, 1, Math.min(7, shape[0])),
        stride: between(random, 1, 3),
        padding: padding(random),
        activation: activation(random),
        ...someBias(random),
      };
    case 'maxPool1d':
    case 'averagePool1d':
      return {
        kind,
        size: between(random, 1, Math.min(4, shape[0])),
        stride: between(random, 1, 3),
        padding: padding(random),
      };
    case 'reshape':
      return { kind, shape: [shape[0], 1, shape[1]] };
    case 'dropout':
      return { kind, rate: 0.1 };
    case 'batchNorm':
    case 'activation':
      return { kind, activation: activation(random) };
    default:
      return { kind };
  }
}

function imageLayer(random: Random, shape: readonly number[]): LayerSpec | undefined {
  const kind = pick(random, [
    'conv2d',
    'conv2d',
    'depthwiseConv2d',
    'depthwiseConv2d',
    'maxPool2d',
    'averagePool2d',
    'batchNorm',
    'activation',
    'zeroPadding',
    'globalAveragePool',
    'globalMaxPool',
    'flatten',
  ] as const);
  const window = [between(random, 1, Math.min(5, shape[0])), between(random, 1, Math.min(5, shape[1]))] as const;
  const stride = [between(random, 1, 2), between(random, 1, 2)] as const;
  switch (kind) {
    case 'conv2d':
      return {
        kind,
        filters: between(random, 1, 20),
        kernel: window,
        stride,
        padding: padding(random),
        activation: activation(random),
        ...someBias(random),
      };
    case 'depthwiseConv2d':
      return shape[2] > 24
        ? undefined
        : {
            kind,
            multiplier: between(random, 1, 3),
            kernel: window,
            stride,
            padding: padding(random),
            activation: activation(random),
            ...someBias(random),
          };
    case 'maxPool2d':
    case 'averagePool2d':
      return { kind, size: window, stride, padding: padding(random) };
    case 'zeroPadding':
      return { kind, padding: [random.below(3), random.below(3), random.below(3), random.below(3)] };
    case 'batchNorm':
    case 'activation':
      return { kind, activation: activation(random) };
    default:
      return { kind };
  }
}

const shapeAfter = (spec: ModelSpec): readonly number[] => shapesOf(spec)[spec.layers.length - 1];

/** Adds a layer that keeps the shape and then the sum of it and what came before: a residual block. */
function addBlock(random: Random, spec: Mutable): void {
  const shape = shapeAfter(spec);
  const before = `before${spec.layers.length}`;
  const after = `after${spec.layers.length}`;
  const last = spec.layers[spec.layers.length - 1];
  spec.layers[spec.layers.length - 1] = { ...last, name: last.name ?? before };
  const common = { name: after, activation: activation(random) };
  const channels = shape[shape.length - 1];
  if (shape.length === 1) spec.layers.push({ kind: 'dense', units: channels, ...common });
  else if (shape.length === 2)
    spec.layers.push({ kind: 'conv1d', filters: channels, kernel: 3, stride: 1, padding: 'same', ...common });
  else
    spec.layers.push({ kind: 'conv2d', filters: channels, kernel: [3, 3], stride: [1, 1], padding: 'same', ...common });
  spec.layers.push({ kind: 'add', inputs: [last.name ?? before, after], activation: activation(random) });
}

function randomSpec(random: Random): ModelSpec {
  const input = pick(random, [
    [between(random, 1, 60)],
    [between(random, 4, 60), between(random, 1, 6)],
    [between(random, 3, 12), between(random, 3, 12), between(random, 1, 4)],
  ]);
  const spec: Mutable = { version: 1, input, layers: [] };
  const depth = between(random, 1, 7);
  while (spec.layers.length < depth) {
    const shape = spec.layers.length === 0 ? input : shapeAfter(spec);
    if (spec.layers.length > 0 && random.below(6) === 0) {
      addBlock(random, spec);
      continue;
    }
    const layer = nextLayer(random, shape);
    if (!layer) continue;
    try {
      shapesOf({ ...spec, layers: [...spec.layers, layer] });
      spec.layers.push(layer);
    } catch {
      // A window larger than what it slides over: draw again.
    }
  }
  addHead(random, spec);
  return spec;
}

/** A classifier, one against the rest, objects by cells, or nothing: values as they are. */
function addHead(random: Random, spec: Mutable): void {
  const shape = shapeAfter(spec);
  const head = pick(random, ['softmax', 'softmax', 'softmax', 'sigmoid', 'cells', 'values'] as const);
  if (head === 'values') return;
  if (head === 'cells' && shape.length === 3) {
    const window = { kernel: [1, 1], stride: [1, 1], padding: 'same' } as const;
    spec.layers.push({ kind: 'conv2d', filters: between(random, 2, 5), ...window, activation: 'none' });
    spec.layers.push({ kind: 'softmax' });
    return;
  }
  if (shape.length > 1)
    spec.layers.push({ kind: pick(random, ['flatten', 'globalAveragePool', 'globalMaxPool'] as const) });
  spec.layers.push({ kind: 'dense', units: between(random, 2, 10), activation: 'none' });
  spec.layers.push({ kind: head === 'sigmoid' ? 'sigmoid' : 'softmax' });
}

/** A network that the zoo offers, for some window or feature list. */
function zooSpec(random: Random): ModelSpec {
  const kind = pick(random, ['dense', 'conv1d'] as const);
  const size = pick(random, ['small', 'medium', 'large'] as const);
  const inputShape = kind === 'dense' ? [between(random, 3, 120)] : [between(random, 20, 120), between(random, 1, 6)];
  return buildModel({ kind, size, inputShape, classes: between(random, 2, 8) });
}

/** Weights as after training: biases, moving statistics and scales that differ from channel to channel, some dead. */
export function randomWeights(random: Random, spec: ModelSpec): ModelWeights {
  const layers = resolveModel(spec);
  return initialWeights(spec, random.uint32()).map((weights, index) => {
    const made: Record<string, Float32Array> = {};
    for (const [name, values] of Object.entries(weights) as [string, Float32Array][]) {
      made[name] = values.map((value) => {
        if (name === 'kernel') return value * (random.below(40) === 0 ? 4 : 1);
        if (name === 'gamma') return 0.5 + random.uniform();
        if (name === 'movingVariance') return 0.2 + random.uniform();
        return 0.5 * random.normal();
      });
      const channels = layers[index].outputShape[layers[index].outputShape.length - 1];
      // Now and then a channel that training left without weights.
      if (name === 'kernel' && random.below(5) === 0)
        for (let i = random.below(channels); i < values.length; i += channels) made[name][i] = 0;
    }
    return made;
  });
}

/** Weights of absurd sizes, as after training that went astray: the arithmetic must still be the same everywhere. */
function wildWeights(random: Random, weights: ModelWeights): ModelWeights {
  return weights.map((layer) =>
    Object.fromEntries(
      Object.entries(layer as Record<string, Float32Array>).map(([name, values]) => {
        const factor = name === 'kernel' || name === 'bias' ? 10 ** between(random, -5, 5) : 1;
        return [name, values.map((value) => value * factor)];
      }),
    ),
  );
}

export function randomModel(seed: number): RandomModel {
  const random = new Random(seed);
  const spec = seed % 2 === 1 ? zooSpec(random) : randomSpec(random);
  const tame = randomWeights(random, spec);
  const count = 8;
  const wild = seed % 8 >= 6;
  const weights = wild ? wildWeights(random, tame) : tame;
  const loudness = wild ? pick(random, [0, 1e-4, 1, 1e3]) : 1;
  const rows = Float32Array.from({ length: count * product(spec.input) }, () => loudness * random.normal());
  return { spec, weights, rows, count };
}

/** Rows of int8 inputs over the whole range, extremes included. */
export function randomInputs(seed: number, width: number, rows: number): Int8Array {
  const random = new Random(seed);
  return Int8Array.from({ length: width * rows }, (_, i) => {
    const row = Math.floor(i / width);
    if (row === 0) return -128;
    if (row === 1) return 127;
    return random.below(256) - 128;
  });
}
