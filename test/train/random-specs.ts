/** Small random networks over every layer kind, option and objective, and rows for them, from a seed: for comparing engines. */
import { Random } from '../../src/base';
import { initialWeights, product, shapesOf, type LayerSpec, type ModelSpec, type ModelWeights } from '../../src/model';
import { objectiveOf, type GradientOptions, type LabelledRows, type Objective } from '../../src/train';

const pick = <T>(random: Random, items: readonly T[]): T => items[random.below(items.length)];
const activations = ['none', 'relu', 'relu6'] as const;
const paddings = ['same', 'valid'] as const;
const objectives: readonly Objective[] = ['classification', 'cells', 'oneVsRest', 'regression'];

/** What layers with weights may say of them. */
const weighted = (random: Random) => ({
  activation: pick(random, activations),
  ...(random.below(3) === 0 ? { l2: pick(random, [0, 0.001, 0.01]) } : {}),
  ...(random.below(4) === 0 ? { bias: false } : {}),
});

function batchNorm(random: Random): LayerSpec {
  const usual = { kind: 'batchNorm', activation: pick(random, activations) } as const;
  return random.below(2) ? usual : { ...usual, momentum: 0.9, epsilon: 0.01 };
}

function layer1d(random: Random, [length, channels]: readonly number[]): LayerSpec {
  const kernel = 1 + random.below(Math.min(5, length));
  const window = { size: kernel, stride: 1 + random.below(3), padding: pick(random, paddings) };
  switch (random.below(7)) {
    case 0:
      return { kind: pick(random, ['maxPool1d', 'averagePool1d'] as const), ...window };
    case 1:
      return batchNorm(random);
    case 2:
      return { kind: 'activation', activation: pick(random, activations) };
    case 3:
      return { kind: 'dropout', rate: 0.3 };
    case 4:
      return { kind: 'reshape', shape: [channels, length] };
    default: {
      const { stride, padding } = window;
      return { kind: 'conv1d', filters: 1 + random.below(9), kernel, stride, padding, ...weighted(random) };
    }
  }
}

function layer2d(random: Random, [height, width]: readonly number[]): LayerSpec {
  const size = [1 + random.below(Math.min(4, height)), 1 + random.below(Math.min(4, width))] as const;
  const stride = [1 + random.below(3), 1 + random.below(2)] as const;
  const padding = pick(random, paddings);
  switch (random.below(9)) {
    case 0:
    case 1:
      return {
        kind: 'depthwiseConv2d',
        multiplier: 1 + random.below(3),
        kernel: size,
        stride,
        padding,
        ...weighted(random),
      };
    case 2:
      return { kind: pick(random, ['maxPool2d', 'averagePool2d'] as const), size, stride, padding };
    case 3:
      return batchNorm(random);
    case 4:
      return {
        kind: 'zeroPadding',
        padding: [random.below(2), random.below(3), random.below(2), random.below(2)],
      };
    case 5:
      return { kind: 'activation', activation: pick(random, activations) };
    default:
      return { kind: 'conv2d', filters: 1 + random.below(9), kernel: size, stride, padding, ...weighted(random) };
  }
}

/** x -> layer -> + x, where shapes allow. */
function residual(shape: readonly number[], index: number, random: Random): LayerSpec[] {
  const from = `from${index}`;
  const own = { padding: 'same', ...weighted(random), name: `branch${index}` } as const;
  const filters = shape[shape.length - 1];
  const keep: LayerSpec =
    shape.length === 2
      ? { kind: 'conv1d', filters, kernel: 3, stride: 1, ...own }
      : random.below(2)
        ? { kind: 'conv2d', filters, kernel: [3, 3], stride: [1, 1], ...own }
        : { kind: 'depthwiseConv2d', multiplier: 1, kernel: [3, 2], stride: [1, 1], ...own };
  return [
    { kind: 'activation', activation: 'relu6', name: from },
    keep,
    { kind: 'add', inputs: [from, `branch${index}`], activation: pick(random, activations) },
  ];
}

/** From what the body made to what the objective answers. */
function headOf(random: Random, objective: Objective, shape: readonly number[]): LayerSpec[] {
  if (objective === 'cells')
    return [
      {
        kind: 'conv2d',
        filters: 2 + random.below(3),
        kernel: [1, 1],
        stride: [1, 1],
        padding: 'valid',
        activation: 'none',
      },
      { kind: 'softmax' },
    ];
  // An autoencoder's or a map of values: whatever the body made is what is learned.
  if (objective === 'regression' && random.below(4) === 0) return [{ kind: 'dropout', rate: 0.1 }];
  const layers: LayerSpec[] = [];
  if (shape.length > 1)
    layers.push({ kind: pick(random, ['globalAveragePool', 'globalMaxPool', 'flatten', 'flatten'] as const) });
  if (random.below(2)) layers.push({ kind: 'dense', units: 1 + random.below(12), ...weighted(random) });
  if (random.below(4) === 0) layers.push(batchNorm(random));
  layers.push({ kind: 'dense', units: 2 + random.below(5), activation: 'none' });
  if (objective !== 'regression') layers.push({ kind: objective === 'oneVsRest' ? 'sigmoid' : 'softmax' });
  return layers;
}

export function randomSpec(seed: number): ModelSpec {
  const random = new Random(seed);
  const objective = objectives[seed % objectives.length];
  const rank = objective === 'cells' ? 3 : 1 + random.below(3);
  const input = [
    [5 + random.below(20)],
    [6 + random.below(12), 1 + random.below(4)],
    [4 + random.below(4), 4 + random.below(4), 1 + random.below(3)],
  ][rank - 1];
  const layers: LayerSpec[] = [];
  const shape = () => (layers.length ? (shapesOf({ version: 1, input, layers }).at(-1) as number[]) : input);
  if (rank === 1) layers.push({ kind: 'dense', units: 3 + random.below(9), ...weighted(random) });
  const deep = 1 + random.below(3);
  for (let i = 0; rank > 1 && i < deep; i++) {
    const now = shape();
    if (random.below(4) === 0) layers.push(...residual(now, i, random));
    else layers.push(rank === 2 ? layer1d(random, now) : layer2d(random, now));
  }
  layers.push(...headOf(random, objective, shape()));
  const spec: ModelSpec = { version: 1, input, layers };
  // A body without weights and a head that only passes on learns nothing.
  return product(Object.values(initialWeights(spec, 1)).flatMap((layer) => (layer.kernel ? [2] : []))) > 1
    ? spec
    : randomSpec(seed + 4 * 100_000);
}

export function randomRows(spec: ModelSpec, count: number, seed: number): LabelledRows {
  const random = new Random(seed);
  const { objective, classes, cells, width, outputs } = objectiveOf(spec);
  const x = Float32Array.from({ length: count * width }, () => random.normal());
  if (objective === 'regression') {
    const targets = Float32Array.from({ length: count * outputs }, () => random.normal());
    return { count, x, y: new Int32Array(0), targets: outputs === width && seed % 2 ? 'input' : targets };
  }
  const least = objective === 'oneVsRest' ? -1 : 0;
  const y = Int32Array.from({ length: count * cells }, (_, i) => (i < 2 ? i : random.below(classes - least) + least));
  return { count, x, y };
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

/** Weights of classes, smoothing and frozen layers, each in some of the seeds. At least one kernel is left to learn. */
export function randomOptions(spec: ModelSpec, seed: number): GradientOptions {
  const random = new Random(seed);
  const { objective, classes } = objectiveOf(spec);
  const kernels = initialWeights(spec, 1).flatMap((layer, index) => (layer.kernel ? [index] : []));
  const learning = pick(random, kernels);
  const frozen = spec.layers.map((_, index) => index).filter((index) => index !== learning && random.below(3) === 0);
  return {
    ...(classes && random.below(2)
      ? { classWeights: Array.from({ length: classes }, () => 0.25 * (1 + random.below(8))) }
      : {}),
    ...((objective === 'classification' || objective === 'cells') && random.below(2) ? { labelSmoothing: 0.1 } : {}),
    ...(random.below(3) === 0 ? { frozen } : {}),
  };
}
