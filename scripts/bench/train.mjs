/**
 * Training, measured: milliseconds per step (one batch of 32: forward, backward, Adam) of five networks, in our own
 * engine on one and two threads, in TensorFlow.js, and in Keras where Python has it ($DORMOUSE_PYTHON, else python3),
 * in turns on the same machine; how much of our matrix product's speed whole steps keep; and the memory taken.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { bundleParts, median, rounded } from '../lib/parts.mjs';
import { startKeras } from './train-keras.mjs';
import { batchSize, networksOf, plainOptions, rowsFor } from './train-networks.mjs';

/** How often the engines take turns on each network. */
const rounds = 3;
/** The data set that seconds per epoch are given for. */
const epochRows = 2000;

const parts = await bundleParts('train');
const { buildModel, coreEngine, defaultAugmentationFor, gemmSpeed, macsOf, tensorflowEngine } = await import(parts);

/** Milliseconds per step of each epoch but the first, which warms up. */
async function measure(engine, spec, steps, epochs, threads, augmentation) {
  const options = { ...plainOptions(epochs, threads), augmentation };
  const { history } = await engine.train(spec, rowsFor(spec, steps * batchSize), undefined, options);
  return history.slice(1).map((epoch) => (epoch.seconds * 1000) / steps);
}

/** The fastest that products of the sizes that layers have reach, in 1e9 multiply-accumulates per second. */
const sizes = [
  [256, 256, 256],
  [512, 64, 64],
  [1024, 512, 512],
];
const peak = () => Math.max(...sizes.map(([m, n, k]) => gemmSpeed(m, n, k)));

async function inTurns(core, keras, spec, steps) {
  const seen = { 'core, 1 thread': [], 'core, 2 threads': [] };
  const peaks = [];
  for (let round = 0; round < rounds; round++) {
    peaks.push(peak());
    for (const threads of [1, 2])
      seen[`core, ${threads} thread${threads > 1 ? 's' : ''}`].push(...(await measure(core, spec, steps, 6, threads)));
    if (!keras || round + 1 === rounds) continue;
    const ways = await keras.millisPerStep(spec, batchSize, Math.min(steps, 200));
    for (const [way, millis] of Object.entries(ways)) (seen[`Keras, ${way}`] ??= []).push(...millis);
  }
  const of = (choose) => Object.fromEntries(Object.entries(seen).map(([name, values]) => [name, choose(values)]));
  return { millis: of(median), fastest: of((values) => Math.min(...values)), peak: Math.max(...peaks) };
}

/** TensorFlow.js, in few steps: plain JavaScript takes a second for one of a small convolution, minutes for larger ones. */
async function tensorflowMillis(tensorflow, native, name, spec) {
  if (native) return median(await measure(tensorflow, spec, 6, 4, 1));
  if (name.startsWith('dense')) return median(await measure(tensorflow, spec, 20, 4, 1));
  return name.startsWith('keyword') ? median(await measure(tensorflow, spec, 1, 3, 1)) : undefined;
}

const roundedAll = (values) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, rounded(value)]));

/** How much faster the best of ours is than the best of theirs. */
function timesAsFast(millis, theirs) {
  const best = (start) =>
    Math.min(...Object.entries(millis).flatMap(([name, value]) => (name.startsWith(start) ? [value] : [])));
  return Number.isFinite(best(theirs)) ? rounded(best(theirs) / best('core')) : undefined;
}

/** The fastest epochs beside the medians: on a machine that others use, they tell more of the work itself. */
function summary(spec, { millis, fastest, peak: products }) {
  const share = (threads, value) => rounded((3 * macsOf(spec) * batchSize) / value / 1e6 / (threads * products));
  const epoch = (value) => rounded((value * Math.ceil(epochRows / batchSize)) / 1000);
  return {
    macs: macsOf(spec),
    millisPerStep: roundedAll(millis),
    fastestMillisPerStep: roundedAll(fastest),
    secondsPerEpoch: Object.fromEntries(Object.entries(millis).map(([name, value]) => [name, epoch(value)])),
    timesAsFastAsKeras: {
      'plain fit': timesAsFast(millis, 'Keras, plain fit'),
      'its best way': timesAsFast(millis, 'Keras'),
      'its best way, fastest': timesAsFast(fastest, 'Keras'),
    },
    timesAsFastAsTensorFlowJs: timesAsFast(millis, 'tfjs'),
    gemmPeak: rounded(products),
    shareOfPeak: {
      'core, 1 thread, of one': share(1, fastest['core, 1 thread']),
      'core, 2 threads, of two': share(2, fastest['core, 2 threads']),
    },
  };
}

const core = coreEngine();
const tensorflow = tensorflowEngine();
const about = await tensorflow.describe();
const native = about.includes('tfjs-node');
const keras = await startKeras();
const result = {
  batch: batchSize,
  epochRows,
  core: await core.describe(),
  tensorflow: about,
  keras: keras?.about ?? 'not found',
  networks: {},
};
for (const [name, { spec, steps }] of Object.entries(networksOf(buildModel))) {
  const measured = await inTurns(core, keras, spec, steps);
  const theirs = await tensorflowMillis(tensorflow, native, name, spec);
  if (theirs !== undefined) measured.millis[native ? 'tfjs-node' : 'tfjs'] = theirs;
  result.networks[name] = summary(spec, measured);
  console.error(`${name}: ${JSON.stringify(result.networks[name])}`);
}
keras?.close();
const motion = buildModel({ kind: 'conv1d', size: 'medium', inputShape: [75, 3], classes: 4 });
result.augmented = {
  'conv1d medium on 75x3, 2 threads': rounded(median(await measure(core, motion, 40, 8, 2))),
  'the same with motion augmented': rounded(
    median(await measure(core, motion, 40, 8, 2, defaultAugmentationFor('motion'))),
  ),
};
await core.close();
const memory = fileURLToPath(new URL('train-memory.mjs', import.meta.url));
result.mebibytesFor2000ImagesOfMobileNet = Number(
  execFileSync(process.execPath, [memory, parts], { encoding: 'utf8' }),
);
console.log(JSON.stringify(result));
