/**
 * The int8 engine as Cortex-M code, counted in an emulator: executed instructions of one inference and of starting, stack,
 * arena, and bytes of flash with exactly the model's operators; what the model takes as an exported network without an
 * interpreter, in flash with its weights and in RAM, and what interpreter and .tflite take together; beside them what
 * TensorFlow Lite Micro with CMSIS-NN takes
 * for the same models (same emulator, same compiler, its release build), and the ratio. Models that are not on this machine
 * (DORMOUSE_DATA) are left out. Needs arm-none-eabi-gcc and qemu-system-arm.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadParts } from '../lib/parts.mjs';
import { root } from '../lib/ready.mjs';

// As most boards' cores compile sketches.
const level = process.env.DORMOUSE_NN_LEVEL ?? '-Os';
const folder = join(process.env.DORMOUSE_DATA ?? join(root, '..', 'shared', 'data'), 'models');
// cmsis: instructions of one inference on the Cortex-M4F and M0+ (0: not counted); arena: TensorFlow Lite Micro's bytes used;
// start: instructions of AllocateTensors; flash: with the INT8 registrations, the smaller case.
const known = {
  keywordSpotting: {
    file: 'mlperf_tiny/keyword_spotting__kws_ref_model.tflite',
    theirs: { m4: 7697366, m0plus: 28996616, arena: 22772, start: 788671, flash: 52655 },
  },
  anomalyDetection: {
    file: 'mlperf_tiny/anomaly_detection__ad01_int8.tflite',
    theirs: { m4: 582962, m0plus: 1763362, arena: 2260, start: 83124, flash: 27383 },
  },
  personDetect: {
    file: 'tflm/models__person_detect.tflite',
    theirs: { m4: 22928447, arena: 82292, start: 2772159, flash: 42911 },
  },
  microSpeech: {
    file: 'tflm/examples__micro_speech__models__micro_speech_quantized.tflite',
    theirs: { m4: 1494853, arena: 6788, start: 38451, flash: 43459 },
  },
  hello: {
    file: 'tflm/examples__hello_world__models__hello_world_int8.tflite',
    theirs: { m4: 3523, arena: 676, start: 27285, flash: 27383 },
  },
};
const operations = {
  CONV_2D: 'Conv',
  DEPTHWISE_CONV_2D: 'Depthwise',
  FULLY_CONNECTED: 'FullyConnected',
  AVERAGE_POOL_2D: 'AveragePool',
  MAX_POOL_2D: 'MaxPool',
  RESHAPE: 'Reshape',
  SOFTMAX: 'Softmax',
  MEAN: 'Mean',
  ADD: 'Add',
  PAD: 'Pad',
};

const parts = await loadParts('nn');
const wasm = await parts.loadCore();
const asked = process.env.DORMOUSE_NN_MODELS?.split(',');

/** A network of the zoo with random weights: what Dormouse itself makes. */
function zoo(kind, inputShape) {
  const spec = parts.buildModel({ kind, size: 'medium', inputShape, classes: 4 });
  const random = new parts.Random(3);
  const width = inputShape.reduce((a, b) => a * b, 1);
  const calibration = Float32Array.from({ length: 8 * width }, () => random.normal());
  return parts.quantiseModel(spec, parts.initialWeights(spec, 3), { calibration, calibrationCount: 8 }).tflite;
}

const models = Object.entries(known)
  .filter(([, { file }]) => existsSync(join(folder, file)))
  .map(([name, { file, theirs }]) => ({ name, bytes: new Uint8Array(readFileSync(join(folder, file))), theirs }));
models.push(
  { name: 'motionConv1d', bytes: zoo('conv1d', [75, 3]) },
  { name: 'motionDense', bytes: zoo('dense', [33]) },
);

const ratio = (ours, theirs) => (theirs ? Number((ours / theirs).toFixed(3)) : undefined);

/** Input bytes by the rule that the published counts were taken with. */
function row(length) {
  return Uint8Array.from({ length }, (_, i) => (Math.imul(i, 1103515245) + 12345) >>> 16);
}

function memoryOf(run, theirs) {
  const arenaBytes = run.arenaBytes + run.persistentBytes;
  return {
    arenaBytes,
    arenaRatio: ratio(arenaBytes, theirs?.arena),
    stackBytes: Math.max(run.loadStack, run.wakeStack, run.rows[0].stack),
    // The first load of a model, and every later start, from what was kept of that one.
    loadInstructions: run.loadInstructions,
    loadRatio: ratio(run.loadInstructions, theirs?.start),
    startInstructions: run.wakeInstructions,
    startRatio: ratio(run.wakeInstructions, theirs?.start),
  };
}

const engine = new parts.ArmEngine();
const results = {};
try {
  for (const [core, key] of [
    ['cortex-m4f', 'm4'],
    ['cortex-m0plus', 'm0plus'],
  ]) {
    const program = await engine.build(core, level);
    for (const { name, bytes: file, theirs } of models.filter((each) => !asked || asked.includes(each.name))) {
      // As it travels to a board.
      const bytes = parts.plannedTflite(wasm, file);
      const summary = parts.readTflite(bytes);
      const width = summary.inputs.reduce((sum, i) => sum + summary.tensors[i].shape.reduce((a, b) => a * b, 1), 0);
      const layers = process.env.DORMOUSE_NN_LAYERS === '1';
      const [run] = await engine.run(core, program, [{ model: bytes, rows: [row(width)], layers }]);
      if (run.refused) throw new Error(`${name}: ${run.refused}`);
      const [{ instructions }] = run.rows;
      const result = (results[name] ??= { macs: run.macs });
      const each = { instructions, perMac: ratio(instructions, run.macs), ratio: ratio(instructions, theirs?.[key]) };
      Object.assign(each, memoryOf(run, theirs));
      if (layers) each.layers = run.rows[0].layers.map((layer) => `${layer.operator} ${layer.instructions}`);
      if (process.env.DORMOUSE_NN_FLASH !== '0') {
        const names = [...new Set(summary.operators.map((operator) => operations[operator.name]))];
        each.flashBytes = await engine.flashBytes(core, level, names);
        each.flashRatio = ratio(each.flashBytes, key === 'm4' ? theirs?.flash : undefined);
        each.interpreted = { flashBytes: each.flashBytes + bytes.length, ramBytes: each.arenaBytes };
        each.exported = await parts.networkSize(wasm, bytes, core, level);
      }
      result[core] = each;
    }
  }
} finally {
  engine.close();
}
console.log(JSON.stringify({ level, ...results }));
