/**
 * Training, measured: milliseconds per step (one batch of 32: forward, backward, Adam) of two networks, in our own
 * engine on one and two threads and in TensorFlow.js on the same machine, and how fast our matrix product is.
 */
import { loadParts, median, rounded } from '../lib/parts.mjs';

const batchSize = 32;

/** Rows of no meaning: only the time counts. */
function rowsFor(spec, count) {
  const width = spec.input.reduce((a, b) => a * b, 1);
  const classes = spec.layers.at(-2).units;
  return {
    count,
    x: Float32Array.from({ length: count * width }, (_, i) => ((i * 7919) % 1000) / 500 - 1),
    y: Int32Array.from({ length: count }, (_, i) => i % classes),
  };
}

/** Median over the epochs after the first, which warms up. */
async function stepMillis(engine, spec, steps, epochs, threads, augmentation) {
  const options = {
    epochs,
    batchSize,
    learningRate: 0.001,
    seed: 1,
    threads,
    patience: 0,
    leastSteps: 1,
    augmentation,
  };
  const { history } = await engine.train(spec, rowsFor(spec, steps * batchSize), undefined, options);
  return rounded((median(history.slice(1).map((epoch) => epoch.seconds)) * 1000) / steps);
}

const { buildModel, coreEngine, defaultAugmentationFor, gemmSpeed, tensorflowEngine } = await loadParts('train');
const core = coreEngine();
const tensorflow = tensorflowEngine();
const networks = {
  'dense 33-20-10-6': buildModel({ kind: 'dense', size: 'small', inputShape: [33], classes: 6 }),
  'conv1d medium on 75x3': buildModel({ kind: 'conv1d', size: 'medium', inputShape: [75, 3], classes: 4 }),
};
const result = {
  batch: batchSize,
  core: await core.describe(),
  tensorflow: await tensorflow.describe(),
  millisPerStep: {},
};
for (const [name, spec] of Object.entries(networks)) {
  result.millisPerStep[name] = {
    'core, 1 thread': await stepMillis(core, spec, 40, 15, 1),
    'core, 2 threads': await stepMillis(core, spec, 40, 15, 2),
    'core, 2 threads, augmented': await stepMillis(core, spec, 40, 15, 2, defaultAugmentationFor('motion')),
    tensorflow: await stepMillis(tensorflow, spec, 4, 4, 1),
  };
}
await core.close();
result.gemmGmacPerSecond = {};
for (const [m, n, k] of [
  [32, 20, 33],
  [38, 16, 21],
  [512, 64, 64],
  [256, 256, 256],
  [1024, 512, 512],
])
  result.gemmGmacPerSecond[`${m}x${n}x${k}`] = rounded(gemmSpeed(m, n, k));
console.log(JSON.stringify(result));
