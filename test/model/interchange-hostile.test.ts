/**
 * Files that others wrote, and files that nobody should have written: several shards, quantized weights, what is not
 * known is named, and every damage is one sentence of a ModelError within bounded memory and time.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as tf from '@tensorflow/tfjs';
import { unzipSync, zipSync } from 'fflate';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildModel, exportTfjs, importModel, initialWeights, ModelError, type ModelFile } from '../../src/model';

const fixture = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures', name));
const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
});

function refusal(files: readonly ModelFile[]): ModelError {
  try {
    importModel(files);
  } catch (error) {
    expect(error).toBeInstanceOf(ModelError);
    return error as ModelError;
  }
  throw new Error('was not refused');
}

interface WeightEntry {
  name: string;
  shape: number[];
  dtype: string;
  quantization?: { dtype: string; scale?: number; min?: number };
}
interface TfjsModel {
  format?: string;
  modelTopology: unknown;
  weightsManifest: { paths: string[]; weights: WeightEntry[] }[];
}

/** What tf.LayersModel.save makes, as files. */
async function savedByTfjs(model: tf.LayersModel): Promise<{ json: TfjsModel; data: Uint8Array }> {
  let artifacts: tf.io.ModelArtifacts = {};
  await model.save(
    tf.io.withSaveHandler((made) => {
      artifacts = made;
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } });
    }),
  );
  const weights = (artifacts.weightSpecs ?? []).map(({ name, shape, dtype }) => ({ name, shape, dtype }));
  return {
    json: { modelTopology: artifacts.modelTopology, weightsManifest: [{ paths: ['a.bin'], weights }] },
    data: new Uint8Array(artifacts.weightData as ArrayBuffer),
  };
}

function nestedModel(): tf.LayersModel {
  const trunk = tf.sequential({
    layers: [
      tf.layers.conv2d({ inputShape: [6, 6, 1], filters: 2, kernelSize: 3, activation: 'relu', name: 'trunk' }),
      tf.layers.batchNormalization({ scale: false }),
      tf.layers.globalAveragePooling2d({}),
    ],
  });
  const head = tf.sequential({ layers: [tf.layers.dense({ inputShape: [2], units: 3, activation: 'softmax' })] });
  return tf.sequential({ layers: [trunk, head] });
}

const input = Float32Array.from({ length: 36 }, (_, index) => Math.sin(index));
const dense = buildModel({ kind: 'dense', size: 'small', inputShape: [5], classes: 2 });
const [model, bin] = exportTfjs(dense, initialWeights(dense, 1));
const parsed = () => JSON.parse(new TextDecoder().decode(model.bytes)) as TfjsModel;
const asFiles = (json: TfjsModel, ...more: ModelFile[]): ModelFile[] => [
  { name: 'model.json', bytes: text(json) },
  ...more,
];

describe('models of TensorFlow.js', () => {
  it('come in from its own save: models in models, weights cut into shards in folders', async () => {
    const { coreEngine } = await import('../../src/train');
    const original = nestedModel();
    const { json, data } = await savedByTfjs(original);
    json.weightsManifest[0].paths = ['./group1-shard1of2.bin', './group1-shard2of2.bin'];
    const { spec, weights } = importModel([
      { name: 'group1-shard2of2.bin', bytes: data.subarray(30) },
      ...asFiles(json, { name: 'group1-shard1of2.bin', bytes: data.subarray(0, 30) }),
    ]);
    expect(spec.layers.map(({ kind }) => kind)).toEqual([
      'conv2d',
      'batchNorm',
      'globalAveragePool',
      'dense',
      'softmax',
    ]);
    const engine = coreEngine();
    const ours = await engine.predict(spec, weights, input, 1);
    await engine.close();
    const theirs = (original.predict(tf.tensor(input, [1, 6, 6, 1])) as tf.Tensor).dataSync();
    ours.forEach((value, index) => expect(value).toBeCloseTo(theirs[index], 5));
  });

  it('come in with weights of 8 and 16 bits, as the converter quantizes them', () => {
    const json = parsed();
    const { weights } = json.weightsManifest[0];
    const parts: Uint8Array[] = [];
    weights.forEach((weight, place) => {
      const count = weight.shape.reduce((a, b) => a * b, 1);
      const bytes = new Uint8Array(count * (place === 0 ? 1 : 2));
      weight.quantization = place === 0 ? { dtype: 'uint8', scale: 0.5, min: -1 } : { dtype: 'float16' };
      if (place === 0) bytes.fill(3);
      else new Uint16Array(bytes.buffer).fill(0x3e00);
      parts.push(bytes);
    });
    const imported = importModel(asFiles(json, { name: 'weights.bin', bytes: Buffer.concat(parts) }));
    expect(imported.weights[0].kernel?.[0]).toBe(0.5);
    expect(imported.weights[0].bias?.[0]).toBe(1.5);
  });

  it('say what is missing, cut off, of another shape, not finite, or a graph', () => {
    expect(refusal([model])).toMatchObject({
      code: 'missing-file',
      message: expect.stringContaining('weights.bin') as string,
    });
    const short = refusal([model, { ...bin, bytes: bin.bytes.subarray(4) }]);
    expect(short.message).toContain(`should be ${bin.bytes.length} bytes but are ${bin.bytes.length - 4}`);
    const turned = parsed();
    turned.weightsManifest[0].weights[0].shape.reverse();
    expect(refusal(asFiles(turned, bin)).message).toContain('has the shape 20 x 5 where 5 x 20 is needed');
    const renamed = parsed();
    renamed.weightsManifest[0].weights[0].name = 'other';
    expect(refusal(asFiles(renamed, bin)).message).toContain('has no kernel for the layer Dense');
    const hurt = Uint8Array.from(bin.bytes);
    hurt.fill(255, 0, 4);
    expect(refusal([model, { ...bin, bytes: hurt }])).toMatchObject({ code: 'bad-weights' });
    expect(refusal(asFiles({ ...parsed(), format: 'graph-model' }, bin)).message).toContain('graph model');
    const twice = parsed();
    twice.weightsManifest[0].paths = Array<string>(1000).fill('weights.bin');
    expect(refusal(asFiles(twice, bin)).message).toContain('twice');
  });
});

interface Layer {
  class_name: string;
  config: Record<string, unknown>;
}

/** A Sequential of the given layers behind an input of [8, 8, 2], without weights. */
function sequential(layers: readonly Layer[], shape: unknown = [null, 8, 8, 2]): ModelFile[] {
  const entry = { class_name: 'InputLayer', config: { batch_input_shape: shape, name: 'in' } };
  const modelTopology = { class_name: 'Sequential', config: { name: 'm', layers: [entry, ...layers] } };
  return asFiles({ modelTopology, weightsManifest: [] });
}
const layer = (className: string, config: Record<string, unknown> = {}, name = className.toLowerCase()): Layer => ({
  class_name: className,
  config: { name, ...config },
});

describe('what is not known', () => {
  it('is listed whole: classes, and settings of known ones', () => {
    const unknown = refusal(
      sequential([
        layer('LSTM', {}, 'memory'),
        layer('Conv2D', { kernel_size: 3, filters: 2, dilation_rate: [2, 2] }, 'wide'),
        layer('Conv2D', { kernel_size: 3, filters: 2, data_format: 'channels_first' }, 'turned'),
        layer('Conv1D', { kernel_size: 3, filters: 2, padding: 'causal' }),
        layer('Dense', { units: 2, activation: 'tanh' }),
        layer('ReLU', { max_value: 3 }),
        layer('Conv2D', { kernel_size: 3, filters: 2, groups: 2 }, 'split'),
        layer('Flatten'),
      ]),
    );
    expect(unknown.code).toBe('unknown-layers');
    for (const part of [
      'LSTM "memory"',
      'dilation 2 x 2',
      'channels first',
      'padding "causal"',
      '"tanh"',
      'limit',
      'groups',
    ])
      expect(unknown.message).toContain(part);
    expect(unknown.message).not.toContain('Flatten');
  });

  it('is also what a shape makes impossible, and ends in the middle', () => {
    expect(refusal(sequential([layer('BatchNormalization', { axis: 1 })])).message).toContain('axis');
    const early = refusal(sequential([layer('Flatten'), layer('Softmax'), layer('Dropout', { rate: 0.5 })]));
    expect(early.message).toContain('softmax before the last layer');
    expect(refusal(sequential([layer('Flatten')], [null, null, 8, 2])).message).toContain('fixed sizes');
    expect(refusal(sequential([layer('MaxPooling2D', { pool_size: 50 })])).message).toContain('slides a window of 50');
    expect(refusal(sequential([layer('Reshape', { target_shape: [-1, -1] })])).code).toBe('unknown-layers');
  });
});

describe('hostile files', () => {
  it('that claim huge sizes are refused before memory is taken', () => {
    const huge = sequential([
      layer('Flatten'),
      layer('Dense', { units: 1_000_000 }),
      layer('Dense', { units: 1_000_000 }, 'b'),
    ]);
    expect(refusal(huge).code).toBe('too-large');
    expect(refusal(sequential([layer('Dense', { units: 1e12 })])).code).toBe('bad-spec');
    expect(refusal(sequential(Array.from({ length: 2000 }, (_, i) => layer('Flatten', {}, `f${i}`)))).code).toBe(
      'too-large',
    );
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    expect(refusal([{ name: 'model.json', bytes: new TextEncoder().encode(deep) }]).code).toBe('not-a-model');
  });

  it('that turn in circles, name nothing or are something else are refused', () => {
    const node = (name: string, from: string) => ({
      ...layer('Flatten', {}, name),
      name,
      inbound_nodes: [[[from, 0, 0, {}]]],
    });
    const circle = {
      layers: [node('a', 'b'), node('b', 'a')],
      input_layers: [['a', 0, 0]],
      output_layers: [['b', 0, 0]],
    };
    const modelTopology = { class_name: 'Model', config: circle };
    expect(refusal(asFiles({ modelTopology, weightsManifest: [] })).message).toContain('its own output');
    expect(refusal([{ name: 'x.keras', bytes: zipSync({ 'other.txt': text(1) }) }]).message).toContain(
      'no config.json',
    );
    expect(refusal([{ name: 'x.txt', bytes: text('hello') }]).message).toContain('None of the files');
    expect(refusal([]).code).toBe('not-a-model');
  });

  it('that unpack to much more than they are, are refused before they are unpacked', () => {
    const bomb = zipSync({ 'config.json': new Uint8Array(100_000_000), 'model.weights.h5': new Uint8Array(8) });
    expect(refusal([{ name: 'x.keras', bytes: bomb }]).code).toBe('too-large');
  });

  it('hurt in any byte end in a model or in one sentence', () => {
    const parts = unzipSync(fixture('residual.keras'));
    const legacy = gunzipSync(fixture('images.h5.gz'));
    const sources = [
      (bytes: Uint8Array) => [
        { name: 'x.keras', bytes: zipSync({ ...parts, 'model.weights.h5': bytes }, { level: 0 }) },
      ],
      (bytes: Uint8Array) => [{ name: 'x.h5', bytes }],
    ];
    const originals = [parts['model.weights.h5'], legacy];
    const hurt = fc.tuple(
      fc.nat(1),
      fc.array(fc.tuple(fc.nat(6000), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      fc.nat(9),
    );
    fc.assert(
      fc.property(hurt, ([which, changes, cut]) => {
        const whole = Uint8Array.from(originals[which]);
        for (const [at, value] of changes) whole[at] = value;
        const bytes = cut === 0 ? whole.subarray(0, changes[0][0] * 5) : whole;
        try {
          expect(importModel(sources[which](bytes)).spec.layers.length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(ModelError);
          expect((error as Error).message.length).toBeLessThan(600);
        }
      }),
      { numRuns: 600 },
    );
  });
});
