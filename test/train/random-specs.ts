/**
 * Small random networks over every layer kind, and rows for them, from a seed: for comparing engines. Averages over
 * padding are left out: TensorFlow.js' gradient of them divides by the whole window, its forward pass by the part
 * on the input.
 */
import { Random } from '../../src/base';
import { initialWeights, product, shapesOf, type LayerSpec, type ModelSpec, type ModelWeights } from '../../src/model';
import type { LabelledRows } from '../../src/train';

const pick = <T>(random: Random, items: readonly T[]): T => items[random.below(items.length)];
const activations = ['none', 'relu', 'relu6'] as const;
const paddings = ['same', 'valid'] as const;

function layer1d(random: Random, length: number): LayerSpec {
  const kernel = 1 + random.below(Math.min(5, length));
  const window = { size: kernel, stride: 1 + random.below(3), padding: pick(random, paddings) };
  switch (random.below(5)) {
    case 0:
      return random.below(2)
        ? { kind: 'maxPool1d', ...window }
        : { kind: 'averagePool1d', ...window, padding: 'valid' };
    case 1:
      return { kind: 'batchNorm', activation: pick(random, activations) };
    case 2:
      return { kind: 'activation', activation: 'relu' };
    default:
      return {
        kind: 'conv1d',
        filters: 1 + random.below(9),
        kernel,
        stride: window.stride,
        padding: window.padding,
        activation: pick(random, activations),
        l2: pick(random, [0, 0.01]),
      };
  }
}

function layer2d(random: Random, height: number, width: number): LayerSpec {
  const size = [1 + random.below(Math.min(3, height)), 1 + random.below(Math.min(3, width))] as const;
  // TensorFlow.js cannot do depthwise convolutions with unequal strides.
  const step = 1 + random.below(2);
  const padding = pick(random, paddings);
  const activation = pick(random, activations);
  switch (random.below(6)) {
    case 0:
      return {
        kind: 'depthwiseConv2d',
        multiplier: 1 + random.below(2),
        kernel: size,
        stride: [step, step],
        padding,
        activation,
      };
    case 1:
      return random.below(2)
        ? { kind: 'maxPool2d', size, stride: [step, step], padding }
        : { kind: 'averagePool2d', size, stride: [step, step], padding: 'valid' };
    case 2:
      return { kind: 'batchNorm', activation };
    case 3:
      return { kind: 'zeroPadding', padding: [random.below(2), 1, random.below(2), 1] };
    default:
      return {
        kind: 'conv2d',
        filters: 1 + random.below(9),
        kernel: size,
        stride: [1 + random.below(2), 1 + random.below(2)],
        padding,
        activation,
      };
  }
}

/** x -> layer -> + x, where shapes allow. */
function residual(shape: readonly number[], index: number, random: Random): LayerSpec[] {
  const from = `from${index}`;
  const keep: LayerSpec =
    shape.length === 2
      ? {
          kind: 'conv1d',
          filters: shape[1],
          kernel: 3,
          stride: 1,
          padding: 'same',
          activation: 'relu',
          name: `branch${index}`,
        }
      : {
          kind: 'conv2d',
          filters: shape[2],
          kernel: [3, 3],
          stride: [1, 1],
          padding: 'same',
          activation: 'none',
          name: `branch${index}`,
        };
  return [
    { kind: 'activation', activation: 'relu6', name: from },
    keep,
    { kind: 'add', inputs: [from, `branch${index}`], activation: pick(random, ['none', 'relu'] as const) },
  ];
}

export function randomSpec(seed: number): ModelSpec {
  const random = new Random(seed);
  const rank = 1 + random.below(3);
  const input = [
    [5 + random.below(20)],
    [6 + random.below(12), 1 + random.below(4)],
    [5 + random.below(5), 5 + random.below(5), 1 + random.below(3)],
  ][rank - 1];
  const layers: LayerSpec[] = [];
  const shape = () => (layers.length ? (shapesOf({ version: 1, input, layers }).at(-1) as number[]) : input);
  for (let i = 0; rank > 1 && i < 1 + random.below(3); i++) {
    const now = shape();
    if (random.below(4) === 0) layers.push(...residual(now, i, random));
    else layers.push(rank === 2 ? layer1d(random, now[0]) : layer2d(random, now[0], now[1]));
  }
  if (rank > 1 && random.below(3) === 0) layers.push({ kind: 'globalAveragePool' });
  else if (rank > 1) layers.push({ kind: 'flatten' });
  if (random.below(2))
    layers.push({ kind: 'dense', units: 1 + random.below(12), activation: pick(random, activations), l2: 0.001 });
  if (random.below(4) === 0) layers.push({ kind: 'batchNorm', activation: 'none' });
  layers.push({ kind: 'dense', units: 2 + random.below(5), activation: 'none' }, { kind: 'softmax' });
  return { version: 1, input, layers };
}

export function randomRows(spec: ModelSpec, count: number, seed: number): LabelledRows {
  const random = new Random(seed);
  const classes = (shapesOf(spec).at(-1) as number[])[0];
  const x = Float32Array.from({ length: count * product(spec.input) }, () => random.normal());
  return { count, x, y: Int32Array.from({ length: count }, (_, i) => (i < 2 ? i : random.below(classes))) };
}

/** Weights with every array away from its plain first value, so that each one matters. */
export function randomWeights(spec: ModelSpec, seed: number): ModelWeights {
  const random = new Random(seed);
  return initialWeights(spec, seed).map((layer) => {
    const entries = Object.entries(layer).map(([name, values]: [string, Float32Array]) => {
      if (name === 'kernel') return [name, values];
      const centre = name === 'gamma' || name === 'movingVariance' ? 1 : 0;
      return [name, values.map(() => centre + 0.2 * random.normal())];
    });
    return Object.fromEntries(entries) as ModelWeights[number];
  });
}
