/**
 * The sound blocks with their defaults over one second of 16 kHz sound: executed instructions on a Cortex-M4F and Cortex-M0+
 * (in an emulator; left out without arm-none-eabi-gcc and qemu-system-arm), bytes of RAM, and microseconds on this machine
 * in the app's core, beside numpy doing the same in float64 where python3 has it.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { loadParts } from '../lib/parts.mjs';
import { root } from '../lib/ready.mjs';

const level = process.env.DORMOUSE_DSP_LEVEL ?? '-Os';
const rateHz = 16000;
const shape = { frames: rateHz, axes: 1, rateHz };
// Four windows a second, in whole frame strides.
const strideFrames = 3840;

const parts = await loadParts('dsp');
const core = await parts.loadCore();
const random = new parts.Random(1);
const samples = Int16Array.from({ length: rateHz }, () => Math.max(-32768, Math.min(32767, 3000 * random.normal())));
const jobs = parts.soundKinds.map((kind) => {
  const params = parts.dspParameterTables[kind].map((each) => each.default);
  return { block: { kind, params }, shape, strideFrames, samples };
});

function available(command, ...parameters) {
  try {
    return execFileSync(command, parameters, { stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8' });
  } catch {
    return undefined;
  }
}

function microseconds(block) {
  const windows = new Float32Array(20 * rateHz).map((_, i) => samples[i % rateHz]);
  let best = Infinity;
  for (let round = 0; round < 5; round++) {
    const start = performance.now();
    core.featuresOfMany(block, shape, windows, 20);
    best = Math.min(best, (performance.now() - start) / 20);
  }
  return best * 1000;
}

const peer = JSON.parse(available('python3', join(root, 'scripts', 'bench', 'dsp_numpy.py')) ?? '{}');
const results = {};
for (const { block } of jobs) {
  const own = microseconds(block);
  const numpy = peer[block.kind];
  results[block.kind] = { microseconds: Number(own.toFixed(1)) };
  if (numpy)
    Object.assign(results[block.kind], {
      numpyMicroseconds: Number(numpy.toFixed(1)),
      timeRatio: Number((own / numpy).toFixed(3)),
    });
}
if (available('arm-none-eabi-g++', '--version') && available('qemu-system-arm', '--version')) {
  const arm = new parts.ArmDsp();
  try {
    for (const processor of ['cortex-m4f', 'cortex-m0plus']) {
      const runs = await arm.run(processor, await arm.build(processor, level), jobs);
      runs.forEach((run, i) => {
        const { kind } = jobs[i].block;
        Object.assign(results[kind], {
          stateBytes: run.stateBytes,
          featureBytes: 4 * run.features,
          ramBytes: run.stateBytes + 4 * run.features,
        });
        results[kind][processor] = {
          instructions: run.push + run.window,
          samplesInstructions: run.push,
          windowInstructions: run.window,
          startInstructions: run.begin,
          stackBytes: run.stackBytes,
        };
      });
    }
  } finally {
    arm.close();
  }
}
console.log(JSON.stringify({ level, ...results }));
