/** What scripts/bench/quantise.mjs measures: real rows with people (images) held out, and networks for them. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCore } from '../../src/core';
import { decodePicture } from '../../src/dataset/image-decode';
import type { LayerSpec, ModelSpec } from '../../src/model';
import { Project } from '../../src/project';
import { prepareRows } from '../../src/project/training/rows';
import { classWeightsOf, defaultAugmentationFor, type LabelledRows, type TrainOptions } from '../../src/train';

export { balancedCalibration, fineTuneQuantised, foldBatchNorm } from '../../src/compress';
export { buildModel } from '../../src/model';
export { coreEngine } from '../../src/train';
export { loadCore };
export { unbalanced } from '../../test/support/unbalanced';

export interface Rows {
  readonly training: LabelledRows;
  /** Of other people, or other images. */
  readonly held: LabelledRows;
  readonly classes: number;
  readonly inputShape: readonly number[];
}

export interface Case {
  readonly rows: Rows;
  readonly epochs: number;
  readonly learningRate: number;
  readonly augmentation: Parameters<typeof defaultAugmentationFor>[0];
}

/** How the networks of these benchmarks are trained at first. */
export function trainingOf({ rows, epochs, learningRate, augmentation }: Case, seed: number): TrainOptions {
  return {
    epochs,
    batchSize: 32,
    learningRate,
    seed,
    threads: 0,
    patience: 0,
    classWeights: classWeightsOf(rows.training.y, rows.classes),
    augmentation: defaultAugmentationFor(augmentation),
  };
}

const dataFolder = (...parts: string[]): string =>
  join(process.env['DORMOUSE_DATA'] ?? join(process.cwd(), '..', 'shared', 'data'), ...parts);

/** Gestures of eight people, two of them held out, as the project cuts and normalises them; null without the recordings. */
export async function magicWandRows(): Promise<Rows | null> {
  const recordings = dataFolder('motion', 'magic_wand');
  if (!existsSync(recordings)) return null;
  const folder = mkdtempSync(join(tmpdir(), 'dormouse-bench-'));
  try {
    const project = await Project.create(join(folder, 'wand'), { task: 'motion' });
    await project.dataset.importPaths([recordings]);
    const prepared = await prepareRows(project, await loadCore(), project.settings.training, {});
    project.dataset.close();
    const { training, validation, labels, resolved } = prepared;
    if (!validation) return null;
    return { training, held: validation, classes: labels.length, inputShape: resolved.inputShape };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** 2,000 small photographs in ten classes; every fourth of each class is held out. Null without them. */
export function photographRows(): Rows | null {
  const folder = dataFolder('image', 'cifar10', 'train');
  if (!existsSync(folder)) return null;
  const labels = readdirSync(folder).sort();
  const sides: { x: number[]; y: number[] }[] = [
    { x: [], y: [] },
    { x: [], y: [] },
  ];
  labels.forEach((label, index) => {
    const names = readdirSync(join(folder, label)).sort();
    names.forEach((name, place) => {
      const side = sides[place % 4 === 3 ? 1 : 0];
      for (const level of decodePicture(readFileSync(join(folder, label, name))).rgb) side.x.push((level - 120) / 64);
      side.y.push(index);
    });
  });
  const [training, held] = sides.map(({ x, y }): LabelledRows => ({
    count: y.length,
    x: Float32Array.from(x),
    y: Int32Array.from(y),
  }));
  return { training, held, classes: labels.length, inputShape: [32, 32, 3] };
}

/** Depthwise-separable blocks with batch norm and relu6, as MobileNetV1 is made of, for small photographs. */
export function separableNetwork(inputShape: readonly number[], classes: number): ModelSpec {
  const common = { stride: [1, 1], padding: 'same', activation: 'none', bias: false } as const;
  const norm: LayerSpec = { kind: 'batchNorm', activation: 'relu6', momentum: 0.9 };
  const layers: LayerSpec[] = [{ kind: 'conv2d', filters: 16, kernel: [3, 3], ...common, stride: [2, 2] }, norm];
  for (const [filters, stride] of [
    [32, 1],
    [64, 2],
    [64, 1],
    [96, 2],
  ] as const)
    layers.push(
      { kind: 'depthwiseConv2d', multiplier: 1, kernel: [3, 3], ...common, stride: [stride, stride] },
      norm,
      { kind: 'conv2d', filters, kernel: [1, 1], ...common },
      norm,
    );
  layers.push(
    { kind: 'globalAveragePool' },
    { kind: 'dense', units: classes, activation: 'none' },
    { kind: 'softmax' },
  );
  return { version: 1, input: inputShape, layers };
}

/** A small plain convolutional network for photographs. */
export function plainNetwork(inputShape: readonly number[], classes: number): ModelSpec {
  const convolution = (filters: number): LayerSpec[] => [
    { kind: 'conv2d', filters, kernel: [3, 3], stride: [1, 1], padding: 'same', activation: 'relu' },
    { kind: 'maxPool2d', size: [2, 2], stride: [2, 2], padding: 'valid' },
  ];
  const layers: LayerSpec[] = [
    ...convolution(16),
    ...convolution(24),
    ...convolution(32),
    { kind: 'flatten' },
    { kind: 'dropout', rate: 0.3 },
    { kind: 'dense', units: classes, activation: 'none' },
    { kind: 'softmax' },
  ];
  return { version: 1, input: inputShape, layers };
}
