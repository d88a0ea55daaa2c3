/**
 * Models out and in: what TensorFlow.js loads of ours predicts as we do, and what comes back is the same network.
 * The oracle is TensorFlow.js itself, and for .keras files Keras where it is installed.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base';
import {
  buildModel,
  exportKeras,
  exportTfjs,
  importModel,
  initialWeights,
  parameterCount,
  product,
  resolveModel,
  type LayerWeights,
  type ModelFile,
  type ModelSpec,
  type ModelWeights,
} from '../../src/model';
import { tensorflowEngine } from '../../src/train';
import { describeWith, needsPython, python, whereFound } from '../support/needs';

const rows = 3;

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
});

/** Weights none of which is 0 or 1, so that a mistaken order shows. */
function unevenWeights(spec: ModelSpec, seed: number): ModelWeights {
  const random = new Random(seed);
  return initialWeights(spec, seed).map((layer) => {
    const entries = Object.entries(layer as Record<string, Float32Array>);
    const uneven = entries.map(([name, values]) =>
      name === 'kernel' ? [name, values] : [name, values.map(() => 0.5 + random.uniform())],
    );
    return Object.fromEntries(uneven) as LayerWeights;
  });
}

function inputFor(spec: ModelSpec): Float32Array {
  const random = new Random(99);
  return Float32Array.from({ length: rows * product(spec.input) }, () => random.uniform() * 2 - 1);
}

function furthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Math.max(...Array.from(a, (value, index) => Math.abs(value - b[index]) / Math.max(1, Math.abs(b[index]))));
}

/** The answer of a TensorFlow.js model that is built layer by layer from the spec, not read from a file. */
const predicted = (spec: ModelSpec, weights: ModelWeights): Promise<Float32Array> =>
  tensorflowEngine({ plain: true }).predict(spec, weights, inputFor(spec), rows);

async function loadedInTfjs(files: readonly ModelFile[], spec: ModelSpec): Promise<ArrayLike<number>> {
  const json = JSON.parse(new TextDecoder().decode(files[0].bytes)) as tf.io.ModelJSON;
  const model = await tf.loadLayersModel(
    tf.io.fromMemory({
      modelTopology: json.modelTopology,
      weightSpecs: json.weightsManifest[0].weights,
      weightData: files[1].bytes.slice().buffer,
    }),
  );
  const output = tf.tidy(() => model.predict(tf.tensor(inputFor(spec), [rows, ...spec.input])) as tf.Tensor);
  const values = output.dataSync();
  output.dispose();
  model.dispose();
  return values;
}

const padded: ModelSpec = {
  version: 1,
  input: [9, 8, 2],
  layers: [
    { kind: 'zeroPadding', padding: [1, 0, 2, 1] },
    { kind: 'conv2d', filters: 5, kernel: [3, 2], stride: [2, 2], padding: 'valid', activation: 'none', bias: false },
    { kind: 'batchNorm', activation: 'relu6', name: 'stem', momentum: 0.9, epsilon: 0.01 },
    {
      kind: 'depthwiseConv2d',
      multiplier: 1,
      kernel: [3, 3],
      stride: [1, 1],
      padding: 'same',
      activation: 'relu6',
      name: 'deep',
    },
    {
      kind: 'conv2d',
      filters: 5,
      kernel: [1, 1],
      stride: [1, 1],
      padding: 'same',
      activation: 'none',
      name: 'side',
      inputs: ['deep'],
    },
    {
      kind: 'conv2d',
      filters: 5,
      kernel: [1, 1],
      stride: [1, 1],
      padding: 'same',
      activation: 'relu',
      name: 'main',
      l2: 0.01,
      inputs: ['stem'],
    },
    { kind: 'add', activation: 'relu', inputs: ['main', 'side'] },
    { kind: 'averagePool2d', size: [2, 2], stride: [2, 2], padding: 'same' },
    { kind: 'maxPool2d', size: [2, 1], stride: [1, 1], padding: 'valid' },
    { kind: 'dropout', rate: 0.2 },
    { kind: 'reshape', shape: [3, 5] },
    { kind: 'conv1d', filters: 4, kernel: 2, stride: 1, padding: 'same', activation: 'relu6' },
    { kind: 'averagePool1d', size: 2, stride: 1, padding: 'same' },
    { kind: 'flatten' },
    { kind: 'dense', units: 3, activation: 'none' },
    { kind: 'sigmoid' },
  ],
};

const models: Readonly<Record<string, ModelSpec>> = {
  'every kind of layer': padded,
  dense: buildModel({ kind: 'dense', size: 'small', inputShape: [33], classes: 6 }),
  'conv1d and its pools': buildModel({ kind: 'conv1d', size: 'medium', inputShape: [75, 3], classes: 4 }),
  conv2d: buildModel({ kind: 'conv2d', size: 'small', inputShape: [16, 16, 3], classes: 4 }),
  dscnn: buildModel({ kind: 'dscnn', size: 'small', inputShape: [25, 10], classes: 4 }),
  resnet8: buildModel({ kind: 'resnet8', size: 'small', inputShape: [16, 16, 3], classes: 5 }),
  mobilenetv2: buildModel({ kind: 'mobilenetv2', size: 'small', inputShape: [32, 32, 1], classes: 3 }),
  fomo: buildModel({ kind: 'fomo', size: 'small', inputShape: [32, 32, 1], classes: 3 }),
};

const kindsOf = (spec: ModelSpec) => resolveModel(spec).map(({ spec: layer }) => layer.kind);

describe.each(Object.entries(models))('%s', (_name, spec) => {
  const weights = unevenWeights(spec, 5);

  it('predicts in TensorFlow.js as here, to 1e-5, and comes back from its files', async () => {
    const ours = await predicted(spec, weights);
    const files = exportTfjs(spec, weights);
    expect(furthest(await loadedInTfjs(files, spec), ours)).toBeLessThan(1e-5);
    const back = importModel(files);
    expect(back.notes).toEqual([]);
    expect(kindsOf(back.spec)).toEqual(kindsOf(spec));
    expect(parameterCount(back.spec)).toBe(parameterCount(spec));
    const again = await predicted(back.spec, back.weights);
    expect(furthest(again, ours)).toBeLessThan(1e-6);
  });

  it('comes back from a .keras file, and makes the same bytes twice', async () => {
    const bytes = exportKeras(spec, weights);
    expect(Buffer.compare(bytes, exportKeras(spec, weights))).toBe(0);
    const back = importModel([{ name: 'model.keras', bytes }]);
    // Keras has an order of its own for layers that stand side by side.
    expect(kindsOf(back.spec).sort()).toEqual(kindsOf(spec).sort());
    const ours = await predicted(spec, weights);
    expect(furthest(await predicted(back.spec, back.weights), ours)).toBeLessThan(1e-6);
  });
});

describeWith(whereFound(needsPython('keras')), 'Keras itself', () => {
  it('loads our .keras files and predicts as here, to 1e-5', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dormouse-keras-'));
    try {
      const names = Object.keys(models);
      for (const [index, name] of names.entries()) {
        const spec = models[name];
        writeFileSync(join(folder, `${index}.keras`), exportKeras(spec, unevenWeights(spec, 5)));
        writeFileSync(join(folder, `${index}.in`), inputFor(spec));
      }
      const script = [
        'import sys, keras, numpy',
        'for i in range(int(sys.argv[2])):',
        '    m = keras.saving.load_model(f"{sys.argv[1]}/{i}.keras")',
        '    x = numpy.fromfile(f"{sys.argv[1]}/{i}.in", "float32").reshape((-1,) + m.input_shape[1:])',
        '    m.predict(x, verbose=0).astype("float32").tofile(f"{sys.argv[1]}/{i}.out")',
      ].join('\n');
      execFileSync(python, ['-c', script, folder, String(names.length)], { stdio: 'pipe' });
      for (const [index, name] of names.entries()) {
        const spec = models[name];
        const ours = await predicted(spec, unevenWeights(spec, 5));
        const bytes = readFileSync(join(folder, `${index}.out`));
        const theirs = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
        expect(furthest(theirs, ours), name).toBeLessThan(1e-5);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
