/**
 * The core in WebAssembly, measured: microseconds per window of each DSP block (6 axes, 200 frames), and milliseconds
 * per inference of known models where they are on this machine (DORMOUSE_DATA). Medians.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadParts, median, rounded } from '../lib/parts.mjs';
import { root } from '../lib/ready.mjs';

const models = join(process.env.DORMOUSE_DATA ?? join(root, '..', 'shared', 'data'), 'models');
const files = {
  keywordSpotting: 'mlperf_tiny/keyword_spotting__kws_ref_model.tflite',
  anomalyDetection: 'mlperf_tiny/anomaly_detection__ad01_int8.tflite',
  personDetect: 'tflm/models__person_detect.tflite',
};
const { loadCore } = await loadParts('core');
const core = await loadCore();

/** Median milliseconds of `times` calls, after a few that warm up. */
function time(times, work) {
  for (let i = 0; i < 5; i++) work();
  const taken = [];
  for (let i = 0; i < times; i++) {
    const began = performance.now();
    work();
    taken.push(performance.now() - began);
  }
  return median(taken);
}

const shape = { frames: 200, axes: 6, rateHz: 100 };
const count = 100;
const windows = Float32Array.from({ length: count * shape.frames * shape.axes }, (_, i) => Math.sin(i * 0.037) * 9);
const featureMicros = {};
for (const kind of ['raw', 'flatten', 'spectral']) {
  const block = { kind, params: core.dspParameters(kind).map((parameter) => parameter.default) };
  featureMicros[kind] = rounded((time(20, () => core.featuresOfMany(block, shape, windows, count)) * 1000) / count);
}

const inferenceMillis = {};
for (const [name, file] of Object.entries(files)) {
  if (!existsSync(join(models, file))) continue;
  const model = core.openModel(readFileSync(join(models, file)));
  const inputs = model.inputs.map((tensor) => new Uint8Array(tensor.bytes));
  inferenceMillis[name] = { millis: rounded(time(20, () => model.invoke(inputs))), arenaBytes: model.arenaBytes };
  model.close();
}
console.log(JSON.stringify({ featureMicros, inferenceMillis }));
