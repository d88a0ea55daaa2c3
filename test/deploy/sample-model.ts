/** A small real model with its manifest, made from a seed: what the deploy and fit tests put on boards. */
import { Random } from '../../src/base';
import { quantiseModel } from '../../src/compress';
import type { ModelManifest } from '../../src/deploy';
import { initialWeights, type ModelSpec } from '../../src/model';

export interface Sample {
  readonly manifest: ModelManifest;
  readonly tflite: Uint8Array;
  readonly windows: readonly Float32Array[];
}

const frames = 20;
const axes = ['accX', 'accY', 'accZ'];

export const sampleSpec: ModelSpec = {
  version: 1,
  input: [frames, axes.length],
  layers: [
    { kind: 'conv1d', filters: 8, kernel: 3, stride: 1, padding: 'same', activation: 'relu' },
    { kind: 'maxPool1d', size: 2, stride: 2, padding: 'valid' },
    { kind: 'flatten' },
    { kind: 'dense', units: 3, activation: 'none' },
    { kind: 'softmax' },
  ],
};

export function sampleModel(seed: number, name = `gestures ${seed}`): Sample {
  const random = new Random(seed);
  const windows = Array.from({ length: 24 }, () =>
    Float32Array.from({ length: frames * axes.length }, () => Math.fround(random.normal() * 4)),
  );
  const normalisation = { mean: Float32Array.of(0.5, -0.25, 9.75), inverseStd: Float32Array.of(0.5, 0.25, 0.125) };
  const rows = new Float32Array(windows.length * frames * axes.length);
  windows.forEach((window, row) =>
    window.forEach((value, i) => {
      rows[row * window.length + i] = (value - normalisation.mean[i % 3]) * normalisation.inverseStd[i % 3];
    }),
  );
  const { tflite } = quantiseModel(sampleSpec, initialWeights(sampleSpec, seed), {
    calibration: rows,
    calibrationCount: windows.length,
    name,
  });
  const manifest: ModelManifest = {
    name,
    labels: ['idle', 'wave', 'circle'],
    sensor: 'motion',
    axes,
    units: ['m/s2', 'm/s2', 'm/s2'],
    shape: { frames, axes: axes.length, rateHz: 62.5 },
    strideFrames: 5,
    block: { kind: 'raw', params: [1] },
    normalisation,
    live: { threshold: 0.6, smoothing: 3 },
    arenaBytes: 4096,
  };
  return { manifest, tflite, windows };
}
