/** One network with every kind of layer for each objective, large enough for as many shards as there may be, and rows for it. */
import { Random } from '../../src/base';
import type { LayerSpec, ModelSpec } from '../../src/model';
import { objectiveOf, type LabelledRows, type Objective } from '../../src/train';

const body: readonly LayerSpec[] = [
  { kind: 'zeroPadding', padding: [1, 0, 0, 1] },
  { kind: 'conv2d', filters: 32, kernel: [3, 3], stride: [1, 2], padding: 'same', activation: 'none', bias: false },
  { kind: 'batchNorm', activation: 'relu6', momentum: 0.9 },
  {
    kind: 'depthwiseConv2d',
    multiplier: 2,
    kernel: [3, 2],
    stride: [1, 1],
    padding: 'same',
    activation: 'relu',
    l2: 0.001,
  },
  { kind: 'activation', activation: 'relu', name: 'trunk' },
  { kind: 'conv2d', filters: 64, kernel: [1, 1], stride: [1, 1], padding: 'valid', activation: 'relu', name: 'branch' },
  { kind: 'add', inputs: ['trunk', 'branch'], activation: 'relu6' },
  { kind: 'maxPool2d', size: [2, 2], stride: [2, 1], padding: 'same' },
  { kind: 'averagePool2d', size: [2, 1], stride: [1, 1], padding: 'same' },
  { kind: 'dropout', rate: 0.2 },
];

const heads: Record<Objective, readonly LayerSpec[]> = {
  classification: [
    { kind: 'reshape', shape: [28, 64] },
    { kind: 'conv1d', filters: 24, kernel: 3, stride: 2, padding: 'same', activation: 'relu' },
    { kind: 'maxPool1d', size: 2, stride: 2, padding: 'valid' },
    { kind: 'averagePool1d', size: 2, stride: 1, padding: 'same' },
    { kind: 'flatten' },
    { kind: 'dense', units: 3, activation: 'none', l2: 0.01 },
    { kind: 'softmax' },
  ],
  cells: [
    { kind: 'conv2d', filters: 3, kernel: [1, 1], stride: [1, 1], padding: 'valid', activation: 'none' },
    { kind: 'softmax' },
  ],
  oneVsRest: [{ kind: 'globalMaxPool' }, { kind: 'dense', units: 3, activation: 'none' }, { kind: 'sigmoid' }],
  regression: [
    { kind: 'globalAveragePool' },
    { kind: 'batchNorm', activation: 'none' },
    { kind: 'dense', units: 4, activation: 'none' },
  ],
};

export const objectives = Object.keys(heads) as Objective[];

export function everyKind(objective: Objective): ModelSpec {
  return { version: 1, input: [7, 13, 2], layers: [...body, ...heads[objective]] };
}

export function rowsForEveryKind(spec: ModelSpec, count: number, seed: number): LabelledRows {
  const { objective, width, outputs, cells, classes } = objectiveOf(spec);
  const random = new Random(seed);
  const x = Float32Array.from({ length: count * width }, () => random.normal());
  if (objective === 'regression')
    return {
      count,
      x,
      y: new Int32Array(0),
      targets: Float32Array.from({ length: count * outputs }, () => random.normal()),
    };
  const least = objective === 'oneVsRest' ? -1 : 0;
  return { count, x, y: Int32Array.from({ length: count * cells }, () => random.below(classes - least) + least) };
}
