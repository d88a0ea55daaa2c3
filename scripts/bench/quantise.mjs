/**
 * What rounding to int8 costs, and what fine-tuning with the int8 engine's arithmetic wins back: accuracy in floating
 * point, int8 and int8 after fine-tuning, on people or images that training has not seen, and how many of those rows are
 * decided otherwise than in floating point. `chosen` is what fineTuneQuantised() keeps; it looks at these very rows.
 * Needs the recordings (DORMOUSE_DATA).
 */
import { loadParts } from '../lib/parts.mjs';

const parts = await loadParts('quantise');
const core = await parts.loadCore();
const engine = parts.coreEngine();

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const short = (value) => Number(value.toFixed(4));

/** Trains, quantises and fine-tunes once. `spoil` changes the trained weights without changing what they compute. */
async function once({ rows, specOf, epochs, learningRate, augmentation, spoil }, seed) {
  const { training: teach, held, classes, inputShape } = rows;
  const spec = specOf(inputShape, classes);
  const training = parts.trainingOf({ rows, epochs, learningRate, augmentation }, seed);
  const { weights } = await engine.train(spec, teach, undefined, training);
  const trained = spoil ? { spec, weights: spoil(spec, weights, seed) } : { spec, weights };
  const quantisation = parts.balancedCalibration(teach, classes, 512, seed);
  const made = await parts.fineTuneQuantised(engine, trained.spec, trained.weights, teach, held, {
    core,
    quantisation,
    training,
  });
  const { float, plain, aware } = made.watched;
  process.stderr.write(`  seed ${seed}: float ${float.accuracy}, int8 ${plain.accuracy}, aware ${aware.accuracy}\n`);
  return {
    seed,
    float: short(float.accuracy),
    int8: short(plain.accuracy),
    aware: short(aware.accuracy),
    int8Flipped: plain.flipped,
    awareFlipped: aware.flipped,
    kept: made.kept,
    chosen: short((made.kept === 'aware' ? aware : plain).accuracy),
    fineTuneEpochs: made.history.length,
  };
}

async function measure(name, setting, seeds) {
  if (!setting.rows) return { skipped: 'the recordings are not on this machine (set DORMOUSE_DATA)' };
  process.stderr.write(`${name}\n`);
  const runs = [];
  for (const seed of seeds) runs.push(await once(setting, seed));
  const means = Object.fromEntries(
    ['float', 'int8', 'aware', 'chosen', 'int8Flipped', 'awareFlipped'].map((key) => [
      key,
      short(mean(runs.map((run) => run[key]))),
    ]),
  );
  return {
    held: setting.rows.held.count,
    runs,
    means,
    lostByInt8: short(means.float - means.int8),
    lostByAware: short(means.float - means.aware),
  };
}

const wand = await parts.magicWandRows();
const photographs = parts.photographRows();
const gestures = (inputShape, classes) => parts.buildModel({ kind: 'conv1d', size: 'medium', inputShape, classes });
const result = {};
result['magic wand, conv1d medium'] = await measure(
  'magic wand',
  { rows: wand, specOf: gestures, epochs: 50, learningRate: 0.003, augmentation: 'motion' },
  [1, 2, 3, 4, 5],
);
const image = { rows: photographs, epochs: 20, learningRate: 0.003, augmentation: 'image' };
result['photographs, depthwise separable'] = await measure(
  'photographs, depthwise separable',
  { ...image, specOf: parts.separableNetwork },
  [1, 2, 3],
);
result['photographs, channels up to 64 times apart'] = await measure(
  'photographs, channels up to 64 times apart',
  { ...image, specOf: parts.plainNetwork, spoil: (spec, weights, seed) => parts.unbalanced(spec, weights, 6, seed) },
  [1, 2, 3],
);
await engine.close();
console.log(JSON.stringify(result));
