/**
 * Pictures, five seeds each, of the shared recordings (DORMOUSE_DATA): electronic components photographed by small
 * cameras, and 2,000 pictures of CIFAR-10. The last pictures of each label in the index are held out and scored, float
 * and int8, int8 by the board's own arithmetic. Beside it the same architecture in Keras, where DORMOUSE_PYTHON (or
 * python3) has it: same pictures, first weights, augmentation, epochs, optimiser and schedule.
 *
 * `npm run bench -- images` does both sets; DORMOUSE_BENCH_IMAGES=electronic_components or cifar10 only one of them.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadParts } from '../lib/parts.mjs';
import { pictureRows } from '../lib/pictures.mjs';
import { root } from '../lib/ready.mjs';

const data = join(process.env.DORMOUSE_DATA ?? join(root, '..', 'shared', 'data'), 'image');
const seeds = [1, 2, 3, 4, 5];
const sets = {
  electronic_components: {
    pictures: { side: 48, grey: false, heldOut: 8 },
    model: { kind: 'conv2d', size: 'medium' },
    training: { epochs: 60, batchSize: 32, learningRate: 0.003, schedule: 'cosine' },
    augmentation: { kind: 'image', flip: true, crop: 0.125, brightness: 0.2, contrast: 0.2, noise: 0 },
    keras: false,
  },
  cifar10: {
    pictures: { side: 32, grey: false, heldOut: 50 },
    model: { kind: 'resnet8', size: 'small' },
    training: { epochs: 50, batchSize: 32, learningRate: 0.003, schedule: 'cosine' },
    // Mirroring, and four pixels of padding cut anywhere.
    augmentation: { kind: 'image', flip: true, crop: 0.125, brightness: 0, contrast: 0, noise: 0 },
    keras: true,
  },
};

const rounded = (value) => Number(value.toFixed(4));
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const summary = (values) => ({
  mean: rounded(mean(values)),
  deviation: rounded(Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)))),
  worst: rounded(Math.min(...values)),
  each: values.map(rounded),
});

/** Share of rows whose largest score stands at their label. */
function accuracy(scores, { count, y }) {
  const width = scores.length / count;
  let right = 0;
  for (let row = 0; row < count; row++) {
    const own = scores.subarray(row * width, (row + 1) * width);
    if (own.indexOf(own.reduce((a, b) => Math.max(a, b))) === y[row]) right++;
  }
  return right / count;
}

async function ours(parts, spec, rows, { training, augmentation }) {
  const engine = parts.coreEngine();
  const core = await parts.loadCore();
  const results = [];
  for (const seed of seeds) {
    const options = { ...training, seed, threads: 0, patience: 0, augmentation };
    const began = performance.now();
    const initial = parts.initialWeights(spec, seed);
    const { weights } = await engine.train(spec, rows.training, undefined, { ...options, initial });
    const seconds = (performance.now() - began) / 1000;
    const float = accuracy(await engine.predict(spec, weights, rows.testing.x, rows.testing.count), rows.testing);
    const calibration = parts.balancedCalibration(rows.training, rows.labels.length, 200, seed);
    const quantised = parts.quantiseModel(spec, weights, calibration);
    const { scores } = parts.runInt8(core, quantised, rows.testing.x, rows.testing.count);
    const int8 = accuracy(scores, rows.testing);
    console.error(`seed ${seed}: float ${float.toFixed(3)}, int8 ${int8.toFixed(3)}, ${seconds.toFixed(0)} s`);
    results.push({ float, int8, seconds, bytes: quantised.tflite.length });
  }
  await engine.close();
  return {
    float: summary(results.map((result) => result.float)),
    int8: summary(results.map((result) => result.int8)),
    largestLoss: rounded(Math.max(...results.map((result) => result.float - result.int8))),
    meanLoss: rounded(mean(results.map((result) => result.float - result.int8))),
    secondsToTrain: rounded(mean(results.map((result) => result.seconds))),
    tfliteBytes: results[0].bytes,
  };
}

/** Each seed begins with the very weights that ours begins with, from the .keras file that we write. */
function keras(parts, spec, rows, { training, augmentation }) {
  const python = process.env.DORMOUSE_PYTHON ?? 'python3';
  const found = spawnSync(python, ['-c', 'import keras'], { stdio: 'ignore' });
  if (found.status !== 0) return { skipped: `${python} has no Keras (set DORMOUSE_PYTHON)` };
  const folder = mkdtempSync(join(tmpdir(), 'dormouse-bench-'));
  try {
    for (const seed of seeds)
      writeFileSync(join(folder, `${seed}.keras`), parts.exportKeras(spec, parts.initialWeights(spec, seed)));
    for (const part of ['training', 'testing']) {
      writeFileSync(join(folder, `${part}.x`), rows[part].x);
      writeFileSync(join(folder, `${part}.y`), rows[part].y);
    }
    const shift = Math.round(augmentation.crop * rows.side);
    writeFileSync(join(folder, 'settings.json'), JSON.stringify({ ...training, seeds, shape: spec.input, shift }));
    const run = spawnSync(python, [join(root, 'scripts', 'bench', 'images_keras.py'), folder], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (run.status !== 0) throw new Error('Keras did not train: see above.');
    const { versions, accuracies, seconds } = JSON.parse(run.stdout.trim().split('\n').at(-1));
    return { versions, float: summary(accuracies), secondsToTrain: rounded(mean(seconds)) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measured(parts, name) {
  const folder = join(data, name);
  if (!existsSync(folder)) return { skipped: 'the pictures are not on this machine (set DORMOUSE_DATA)' };
  const settings = sets[name];
  const rows = pictureRows(parts, folder, settings.pictures);
  const inputShape = [rows.side, rows.side, rows.channels];
  const spec = parts.buildModel({ ...settings.model, inputShape, classes: rows.labels.length });
  return {
    taught: rows.training.count,
    heldOut: rows.testing.count,
    input: inputShape,
    model: `${settings.model.kind} ${settings.model.size}`,
    parameters: parts.parameterCount(spec),
    macs: parts.macsOf(spec),
    training: settings.training,
    ...(await ours(parts, spec, rows, settings)),
    ...(settings.keras ? { keras: keras(parts, spec, rows, settings) } : {}),
  };
}

const parts = await loadParts('images');
const asked = process.env.DORMOUSE_BENCH_IMAGES;
const result = {};
for (const name of Object.keys(sets)) if (!asked || asked === name) result[name] = await measured(parts, name);
console.log(JSON.stringify(result));
