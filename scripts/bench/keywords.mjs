/**
 * Words through the command line with default settings, five seeds each: `new --task audio`, `import`, `train`, `test`
 * (int8), always on people who were not in training. Arabic commands: the people of the training split teach, those of
 * the other are scored. Spoken digits (8 kHz): each of four speakers is left out once. Beside each a perceptron of 64
 * units on the same MFCCs of the same speakers. `gap` is how much better validation by person, within the people who
 * teach, looks than those who were never seen. Needs the recordings (DORMOUSE_DATA).
 *
 * `npm run bench -- keywords` does both; DORMOUSE_BENCH_KEYWORDS=arabic_commands or spoken_digits only one of them, and
 * DORMOUSE_BENCH_SEEDS=2 fewer seeds. DORMOUSE_BENCH_IMPULSE=dsp=mfe changes the impulse of the projects beforehand, as
 * `impulse --set` does, to compare.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadParts } from '../lib/parts.mjs';
import { root } from '../lib/ready.mjs';

const recordings = join(process.env.DORMOUSE_DATA ?? join(root, '..', 'shared', 'data'), 'audio');
const seeds = [1, 2, 3, 4, 5].slice(0, Number(process.env.DORMOUSE_BENCH_SEEDS ?? 5));

/** Trainings in which the people who teach watch each other: they only say what training shows. */
const watchedSeeds = 2;

const rounded = (value) => Number(value.toFixed(4));
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const said = { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] };

const dormouse = (project, ...args) =>
  JSON.parse(
    execFileSync(
      process.execPath,
      [join(root, 'dist', 'cli', 'dormouse.js'), '--project', project, '--json', ...args],
      said,
    ),
  );

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

/** 64 units on the project's own MFCCs, standardised feature by feature: trained and scored on the same captures. */
async function perceptron(parts, project) {
  const core = await parts.loadCore();
  const dataset = await parts.Dataset.open(project, { readOnly: true });
  const { items } = dataset.list({}, 0, 1e6);
  const labels = [...new Set(items.map((item) => item.label))].sort();
  const impulse = { windowMs: 1000, strideMs: 500, rateHz: 0, axes: [], dsp: { kind: 'mfcc', params: {} } };
  const resolved = parts.resolveImpulse(impulse, items, core);
  const rowsOf = (split) => {
    const ids = items.filter((item) => item.split === split).map((item) => item.id);
    return parts.computeRows(core, resolved, ids, (id) => dataset.get(id), labels);
  };
  const [teaching, scored] = [await rowsOf('training'), await rowsOf('testing')];
  await dataset.close();
  // As for features without rows: one mean and deviation for each of them.
  const flat = { ...resolved, block: { kind: 'flatten', params: [] } };
  const normalisation = parts.fitNormalisation(teaching, flat);
  const normal = ({ count, values, y }) => ({ count, x: core.normalise(values, normalisation), y });
  const [training, testing] = [normal(teaching), normal(scored)];
  const layers = [
    { kind: 'dense', units: 64, activation: 'relu' },
    { kind: 'dense', units: labels.length, activation: 'none' },
    { kind: 'softmax' },
  ];
  const spec = { version: 1, input: [teaching.width], layers };
  const engine = parts.coreEngine();
  const results = [];
  for (const seed of seeds) {
    const options = { epochs: 60, batchSize: 32, learningRate: 0.001, patience: 0, threads: 0, seed };
    const { weights } = await engine.train(spec, training, undefined, options);
    results.push(accuracy(await engine.predict(spec, weights, testing.x, testing.count), testing));
  }
  await engine.close();
  return mean(results);
}

/** Ids of a project's captures, by what `choose` says of each. */
const idsOf = (project, choose) =>
  dormouse(project, 'samples')
    .filter(choose)
    .map((item) => item.id);

/** The people of `isStranger` are held out; everybody else teaches. */
function holdOut(project, isStranger) {
  const strangers = idsOf(project, isStranger);
  const others = idsOf(project, (item) => !isStranger(item));
  dormouse(project, 'split', ...others, '--to', 'training');
  dormouse(project, 'split', ...strangers, '--to', 'testing');
  return strangers;
}

async function measure(parts, project, isStranger) {
  const strangers = holdOut(project, isStranger);
  const runs = seeds.map((seed) => {
    const report = dormouse(project, 'train', '--seed', String(seed));
    const test = dormouse(project, 'test');
    console.error(`seed ${seed}: int8 ${test.accuracy.toFixed(3)}, ${report.trainSeconds.toFixed(0)} s`);
    return { report, int8: test.accuracy };
  });
  const baseline = await perceptron(parts, project);
  const fit = dormouse(project, 'fit', '--board', 'nano33ble-sense');
  // What training shows before anybody else is heard: some of its own people watch.
  dormouse(project, 'delete', ...strangers);
  const shown = seeds.slice(0, watchedSeeds).map((seed) => {
    const { history } = dormouse(project, 'train', '--seed', String(seed));
    return history.at(-1).validationAccuracy;
  });
  dormouse(project, 'restore', ...strangers);
  const int8 = runs.map((run) => run.int8);
  return { int8, float: runs.map(({ report }) => report.float.accuracy), baseline, shown, fit, runs };
}

function summary({ int8, float, baseline, shown, runs, fit }) {
  const { report } = runs[0];
  return {
    int8Mean: rounded(mean(int8)),
    int8Worst: rounded(Math.min(...int8)),
    int8: int8.map(rounded),
    floatMean: rounded(mean(float)),
    perceptron64: rounded(baseline),
    aboveIt: rounded(mean(int8) - baseline),
    validationMean: rounded(mean(shown)),
    gap: rounded(mean(shown) - mean(int8)),
    secondsToTrain: rounded(mean(runs.map((run) => run.report.trainSeconds))),
    macs: report.macs,
    tfliteBytes: report.tfliteBytes,
    nano33: { ram: fit.ram, flash: fit.flash, latency: fit.latency },
  };
}

function newProject(work, name) {
  const project = join(work, name);
  execFileSync(process.execPath, [join(root, 'dist', 'cli', 'dormouse.js'), 'new', project, '--task', 'audio'], said);
  dormouse(project, 'import', join(recordings, name));
  const change = process.env.DORMOUSE_BENCH_IMPULSE;
  if (change) dormouse(project, 'impulse', '--set', ...change.split(','));
  return project;
}

const sets = {
  async arabic_commands(parts, work) {
    const project = newProject(work, 'arabic_commands');
    const held = new Set(dormouse(project, 'samples', '--split', 'testing').map((item) => item.person));
    return summary(await measure(parts, project, (item) => held.has(item.person)));
  },
  async spoken_digits(parts, work) {
    const project = newProject(work, 'spoken_digits');
    const persons = [...new Set(dormouse(project, 'samples').map((item) => item.person))].sort();
    const each = {};
    for (const person of persons) {
      console.error(`without ${person}`);
      each[person] = summary(await measure(parts, project, (item) => item.person === person));
    }
    const over = (key) => rounded(mean(Object.values(each).map((one) => one[key])));
    return {
      int8Mean: over('int8Mean'),
      perceptron64: over('perceptron64'),
      aboveIt: over('aboveIt'),
      validationMean: over('validationMean'),
      gap: over('gap'),
      each,
    };
  },
};

async function run() {
  if (!existsSync(recordings)) return { skipped: 'the recordings are not on this machine (set DORMOUSE_DATA)' };
  const parts = await loadParts('keywords');
  const only = process.env.DORMOUSE_BENCH_KEYWORDS;
  const results = { seeds };
  for (const [name, measureSet] of Object.entries(sets)) {
    if (only !== undefined && only !== name) continue;
    const work = mkdtempSync(join(tmpdir(), 'dormouse-bench-'));
    try {
      results[name] = await measureSet(parts, work);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
  return results;
}

console.log(JSON.stringify(await run()));
