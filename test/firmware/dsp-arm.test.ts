/** One second of sound through each sound block as Cortex-M code: instructions and memory, and the app's very features. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dspParameterTables, loadCore, soundKinds, type Core } from '../../src/core';
import { Random } from '../../src/base';
import { soundInstructions, soundOfArmv6m, soundOfArmv7em } from '../../src/fit/dsp-costs';
import { soundBlock } from '../core/sound-cases';
import { ArmDsp, type SoundRun } from '../support/arm-dsp';
import type { ArmCore } from '../support/arm-programs';
import { describeWith, needsCommands } from '../support/needs';

const cores: ArmCore[] = ['cortex-m4f', 'cortex-m0plus'];
const shape = { frames: 16000, axes: 1, rateHz: 16000 };

/** FNV-1a, as the program computes it. */
function hashOf(features: Float32Array): number {
  return new Uint8Array(features.buffer, features.byteOffset, features.byteLength).reduce(
    (hash, byte) => Math.imul(hash ^ byte, 16777619) >>> 0,
    2166136261,
  );
}

describeWith(needsCommands('arm-none-eabi-g++', 'qemu-system-arm'), 'a second of sound on Cortex-M', () => {
  let arm: ArmDsp;
  let core: Core;
  beforeAll(async () => {
    arm = new ArmDsp();
    core = await loadCore();
  });
  afterAll(() => arm.close());

  it.each(cores)(
    'stays within its instructions and memory on a %s, and gives the app’s features',
    async (processor) => {
      // Silence would be faster: a logarithm of nothing is known.
      const random = new Random(5);
      const samples = Int16Array.from({ length: shape.frames }, () => 3000 * random.normal());
      const values = Float32Array.from(samples);
      const jobs = soundKinds.map((kind) => ({ block: soundBlock(kind), shape, strideFrames: 3840, samples }));
      const runs = await arm.run(processor, await arm.build(processor, '-Os'), jobs);
      runs.forEach((run, i) => {
        expect(run.hash, soundKinds[i]).toBe(hashOf(core.features(jobs[i].block, shape, values)));
      });
      const costs = processor === 'cortex-m4f' ? soundOfArmv7em : soundOfArmv6m;
      runs.forEach((run, i) => {
        const { block } = jobs[i];
        const parameters = Object.fromEntries(
          dspParameterTables[block.kind].map((each, at) => [each.name, block.params[at]]),
        );
        const { rows, window } = soundInstructions(costs, block, parameters, run.features);
        expect(Math.abs(rows / run.push - 1), `rows of ${block.kind}`).toBeLessThan(0.1);
        expect(Math.abs(window / run.window - 1), `window of ${block.kind}`).toBeLessThan(0.15);
      });
      const whole = (run: SoundRun): number => run.push + run.window;
      const [, mfe, mfcc] = runs;
      expect(whole(mfcc)).toBeLessThan(processor === 'cortex-m4f' ? 4e6 : 25e6);
      if (processor === 'cortex-m4f') expect(whole(mfe)).toBeLessThan(6e6);
      expect(mfcc.stateBytes + 4 * mfcc.features).toBeLessThan(12 * 1024);
    },
  );
});
