/**
 * What pruning costs and brings, on people or images that training has not seen: half of the filters of every layer, or
 * as many as halve the multiply-accumulates (the network shrinks), and 80 % of the single weights (the compressed file
 * shrinks), each trained on for as many epochs as the network was trained at first; `longer` is the whole network trained
 * on for just as long, so that pruning is not given credit for more training. Accuracies are of the int8 models in the
 * board's core, but for `float`. Needs the recordings (DORMOUSE_DATA).
 */
import { loadParts } from '../lib/parts.mjs';

const parts = await loadParts('compress');
const core = await parts.loadCore();
const engine = parts.coreEngine();
const seeds = [1, 2, 3];
const rounds = 3;
const variantNames = ['float', 'int8', 'longer', 'filters', 'macs', 'synapses'];

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const short = (value) => Number(value.toFixed(4));

async function variantsOf({ rows, specOf, epochs, learningRate, augmentation }, seed) {
  const { training: teach, classes, inputShape } = rows;
  const spec = specOf(inputShape, classes);
  const options = parts.trainingOf({ rows, epochs, learningRate, augmentation }, seed);
  const { weights } = await engine.train(spec, teach, undefined, options);
  const again = { ...options, seed: seed + 100 };
  const longer = await engine.train(spec, teach, undefined, { ...again, initial: weights });
  const common = { engine, spec, weights, training: teach };
  const half = await parts.pruneFilters({ spec, weights, keep: 0.5 });
  const pruned = (target) =>
    parts.pruneToTarget({
      ...common,
      cost: parts.macsOf,
      target,
      score: 'loss',
      rounds,
      fineTune: { ...again, epochs: Math.ceil(epochs / rounds) },
    });
  const filters = await pruned(parts.macsOf(half.spec));
  const macs = await pruned(parts.macsOf(spec) / 2);
  const synapses = await parts.pruneSynapses({ ...common, fineTune: again, target: { share: 0.8 } });
  const int8 = (name, model) => ({
    name,
    spec: model.spec,
    weights: model.weights,
    quantized: parts.quantiseModel(model.spec, model.weights, parts.balancedCalibration(teach, classes, 256, seed)),
  });
  return [
    { name: 'float', spec, weights },
    int8('int8', { spec, weights }),
    int8('longer', { spec, weights: longer.weights }),
    int8('filters', filters),
    int8('macs', macs),
    int8('synapses', synapses),
  ];
}

async function once(setting, seed) {
  const { variants } = await parts.compressionReport(core, await variantsOf(setting, seed), setting.rows.held, {
    engine,
  });
  const run = { seed };
  for (const variant of variants) {
    const { name, accuracy, macroF1, bytes, deflatedBytes, arenaBytes, macs, parameters, zeroShare } = variant;
    const figures = { accuracy: short(accuracy), macroF1: short(macroF1), bytes, deflatedBytes, arenaBytes, macs };
    const { worst } = variant;
    const noise = worst ? { worstLayer: worst.name, snrDb: short(worst.snrDb) } : {};
    run[name] = { ...figures, parameters, zeroShare: short(zeroShare), flipped: variant.flipped.length, ...noise };
  }
  const said = variantNames.map((name) => `${name} ${run[name].accuracy}`);
  process.stderr.write(`  seed ${seed}: ${said.join(', ')}\n`);
  return run;
}

async function measure(name, setting) {
  if (!setting.rows) return { skipped: 'the recordings are not on this machine (set DORMOUSE_DATA)' };
  process.stderr.write(`${name}\n`);
  const runs = [];
  for (const seed of seeds) runs.push(await once(setting, seed));
  const over = (figure) => {
    const values = runs.map(figure);
    return { mean: short(mean(values)), least: short(Math.min(...values)), most: short(Math.max(...values)) };
  };
  return {
    held: setting.rows.held.count,
    accuracy: Object.fromEntries(variantNames.map((variant) => [variant, over((run) => run[variant].accuracy)])),
    lostByFilters: over((run) => run.int8.accuracy - run.filters.accuracy),
    lostByMacs: over((run) => run.int8.accuracy - run.macs.accuracy),
    lostBySynapses: over((run) => run.int8.accuracy - run.synapses.accuracy),
    macsDividedByFilters: over((run) => run.int8.macs / run.filters.macs),
    deflatedDividedByFilters: over((run) => run.int8.deflatedBytes / run.filters.deflatedBytes),
    deflatedDividedBySynapses: over((run) => run.int8.deflatedBytes / run.synapses.deflatedBytes),
    runs,
  };
}

const photographs = parts.photographRows();
const zoo = (kind, size) => (inputShape, classes) => parts.buildModel({ kind, size, inputShape, classes });
const result = {};
result['magic wand, conv1d medium'] = await measure('magic wand, conv1d medium', {
  rows: await parts.magicWandRows(),
  specOf: zoo('conv1d', 'medium'),
  epochs: 45,
  learningRate: 0.003,
  augmentation: 'motion',
});
result['photographs, conv2d medium'] = await measure('photographs, conv2d medium', {
  rows: photographs,
  specOf: zoo('conv2d', 'medium'),
  epochs: 40,
  learningRate: 0.003,
  augmentation: 'image',
});
await engine.close();
console.log(JSON.stringify(result));
