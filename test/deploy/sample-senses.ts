/** Small real models of sound, pictures, objects and the normal, made from a seed, with what goes into their images. */
import { Random } from '../../src/base';
import { plannedTflite, quantiseModel } from '../../src/compress';
import type { AnomalyDetector, Core, DspBlock, WindowShape } from '../../src/core';
import { buildImage, goldenVectors, type LiveSettings, type ModelManifest } from '../../src/deploy';
import { initialWeights, type ModelSpec } from '../../src/model';

export interface SenseSample {
  readonly manifest: ModelManifest;
  readonly tflite: Uint8Array;
  readonly windows: readonly Float32Array[];
  readonly image: Uint8Array;
}

type Parts = Pick<ModelManifest, 'labels' | 'sensor' | 'axes' | 'units' | 'shape' | 'strideFrames' | 'block'> &
  Partial<Pick<ModelManifest, 'head' | 'anomaly' | 'normalisation'>>;

/** A model of random weights over features of the windows, quantised on them. */
function made(
  core: Core,
  seed: number,
  spec: ModelSpec | undefined,
  parts: Parts,
  windows: Float32Array[],
  live: LiveSettings,
): SenseSample {
  const { block, shape } = parts;
  const rows = core.featuresOfMany(block, shape, Float32Array.from(windows.flatMap((w) => [...w])), windows.length);
  const normalisation = parts.normalisation ?? { mean: new Float32Array(0), inverseStd: new Float32Array(0) };
  const calibration = normalisation.mean.length > 0 ? core.normalise(rows, normalisation) : rows;
  const tflite = spec
    ? plannedTflite(
        core,
        quantiseModel(spec, initialWeights(spec, seed), {
          calibration,
          calibrationCount: windows.length,
          name: 'sample',
        }).tflite,
      )
    : new Uint8Array(0);
  const model = spec ? core.openModel(tflite) : undefined;
  const manifest: ModelManifest = {
    name: `sense ${seed}`,
    ...parts,
    normalisation,
    live,
    arenaBytes: model ? model.arenaBytes + model.persistentBytes : 0,
  };
  model?.close();
  const image = buildImage(manifest, tflite, goldenVectors(core, manifest, tflite, windows));
  return { manifest, tflite, windows, image };
}

export const soundShape: WindowShape = { frames: 4000, axes: 1, rateHz: 8000 };
const mfcc: DspBlock = { kind: 'mfcc', params: [1, 13, 0.02, 0.02, 32, 256, 0, 0, 101, 0.98, 1] };

export function noise(random: Random, length: number): Int16Array {
  let level = 0;
  return Int16Array.from({ length }, (_, i) => {
    if (i % 800 === 0) level = random.uniform() * 6000;
    return Math.max(-32768, Math.min(32767, Math.round(random.normal() * level + 4000 * Math.sin(i / 7))));
  });
}

/** Sound: 12 x 13 MFCCs of half a second; `strideFrames` that are no whole number of frame strides do not stream. */
export function soundSample(core: Core, seed: number, live: LiveSettings, strideFrames = 1920): SenseSample {
  const random = new Random(seed);
  const windows = Array.from({ length: 12 }, () => Float32Array.from(noise(random, soundShape.frames)));
  const count = core.featureCount(mfcc, soundShape);
  const spec: ModelSpec = {
    version: 1,
    input: [count],
    layers: [
      { kind: 'dense', units: 8, activation: 'relu' },
      { kind: 'dense', units: 4, activation: 'none' },
      { kind: 'softmax' },
    ],
  };
  const normalisation = {
    mean: Float32Array.from({ length: count }, () => random.normal()),
    inverseStd: Float32Array.from({ length: count }, () => 0.5 + random.uniform()),
  };
  const parts: Parts = {
    labels: ['background', 'yes', 'no', 'stop'],
    sensor: 'audio',
    axes: ['audio'],
    units: ['wav'],
    shape: soundShape,
    strideFrames,
    block: mfcc,
    normalisation,
  };
  return made(core, seed, spec, parts, windows, live);
}

/** Pictures of 16 x 12, RGB; of objects a grid of 4 x 3 cells. */
export function pictureSample(core: Core, seed: number, objects: boolean, live: LiveSettings): SenseSample {
  const random = new Random(seed);
  const [width, height] = [16, 12];
  const shape: WindowShape = { frames: width * height, axes: 3, rateHz: 10, width };
  const windows = Array.from({ length: 10 }, () =>
    Float32Array.from({ length: width * height * 3 }, () => Math.floor(random.uniform() * 256)),
  );
  const convolutions: ModelSpec['layers'] = [
    { kind: 'conv2d', filters: 6, kernel: [3, 3], stride: [2, 2], padding: 'same', activation: 'relu' },
    { kind: 'conv2d', filters: 3, kernel: [3, 3], stride: [2, 2], padding: 'same', activation: 'none' },
  ];
  const spec: ModelSpec = {
    version: 1,
    input: [height, width, 3],
    layers: objects
      ? [...convolutions, { kind: 'softmax' }]
      : [...convolutions, { kind: 'flatten' }, { kind: 'dense', units: 3, activation: 'none' }, { kind: 'softmax' }],
  };
  const parts: Parts = {
    labels: objects ? ['circle', 'square'] : ['circle', 'square', 'background'],
    sensor: 'camera',
    axes: ['red', 'green', 'blue'],
    units: ['', '', ''],
    shape,
    strideFrames: 1,
    block: { kind: 'image', params: [width, height, 3, 2] },
    ...(objects ? { head: 'objects' as const } : {}),
  };
  return made(core, seed, spec, parts, windows, live);
}

export const motionShape: WindowShape = { frames: 20, axes: 3, rateHz: 62.5 };
const flatten: DspBlock = { kind: 'flatten', params: [] };

/** Statistics of 20 (or so many) frames of motion, with what is normal; a classifier beside it, an autoencoder, or neither. */
export function normalSample(
  core: Core,
  seed: number,
  kind: AnomalyDetector['kind'],
  classifier: boolean,
  live: LiveSettings,
  frames = motionShape.frames,
): SenseSample {
  const random = new Random(seed);
  const shape = { ...motionShape, frames };
  const windows = Array.from({ length: 10 }, () =>
    Float32Array.from({ length: frames * 3 }, () => random.normal() * 4),
  );
  const features = core.featureCount(flatten, shape);
  const floats = (): Float32Array => Float32Array.from({ length: features }, () => random.normal());
  const positive = (): Float32Array => Float32Array.from({ length: features }, () => 0.3 + random.uniform());
  const parts3 = [0, 1, 2];
  const anomaly: AnomalyDetector =
    kind === 'kmeans'
      ? {
          kind,
          features,
          threshold: 4,
          parts: parts3.map(() => ({ factor: 0.5 + random.uniform(), centre: floats() })),
        }
      : kind === 'mixture'
        ? {
            kind,
            features,
            threshold: 6,
            parts: parts3.map(() => ({ offset: Math.log(1 / 3), mean: floats(), inverseStd: positive() })),
          }
        : { kind, features, threshold: 1 };
  const layers: ModelSpec['layers'] = classifier
    ? [{ kind: 'dense', units: 3, activation: 'none' }, { kind: 'softmax' }]
    : [
        { kind: 'dense', units: 5, activation: 'relu' },
        { kind: 'dense', units: features, activation: 'none' },
      ];
  const spec: ModelSpec | undefined =
    classifier || kind === 'reconstruction' ? { version: 1, input: [features], layers } : undefined;
  const parts: Parts = {
    labels: classifier ? ['idle', 'wave', 'circle'] : ['normal'],
    sensor: 'motion',
    axes: ['accX', 'accY', 'accZ'],
    units: ['m/s2', 'm/s2', 'm/s2'],
    shape,
    strideFrames: 5,
    block: flatten,
    head: classifier ? 'classes' : 'none',
    anomaly,
    normalisation: { mean: floats(), inverseStd: positive().map((value) => value / 3) },
  };
  return made(core, seed, spec, parts, windows, live);
}
