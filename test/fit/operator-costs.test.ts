/**
 * What single operators are estimated to cost, against instructions counted in an emulator: those that whole networks
 * rarely hold, and their forms for int16 values.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readTflite } from '../../src/compress';
import { modelInstructions } from '../../src/fit/costs';
import { ArmEngine, type ArmCore, type ArmJob } from '../support/arm-engine';
import { describeWith, needsCommands, needsPython, python } from '../support/needs';

function jobFor(model: Uint8Array): ArmJob {
  const { inputs, tensors } = readTflite(model);
  const bytes = inputs.reduce((sum, index) => sum + tensors[index].bytes, 0);
  const row = Uint8Array.from({ length: bytes }, (_, i) => (Math.imul(i, 1103515245) + 12345) >>> 16);
  return { model, rows: [row], layers: true };
}

describeWith(
  [needsCommands('arm-none-eabi-g++', 'qemu-system-arm'), needsPython('tflite_micro', 'numpy')],
  'the estimated instructions of single operators',
  () => {
    const engine = new ArmEngine();
    let folder: string;
    let names: string[];
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'dormouse-costs-'));
      execFileSync(python, [join(import.meta.dirname, 'cost_models.py'), folder]);
      names = readdirSync(folder).sort();
    });
    afterAll(() => {
      engine.close();
      rmSync(folder, { recursive: true, force: true });
    });

    const cores: ArmCore[] = ['cortex-m4f', 'cortex-m0plus'];
    it.each(cores)('are within a third of what the engine executes on a %s', async (core) => {
      const jobs = names.map((name) => jobFor(new Uint8Array(readFileSync(join(folder, name)))));
      const runs = await engine.run(core, await engine.build(core, '-O2'), jobs);
      const ratios = runs.map(({ refused, rows }, i): [string, number] => {
        expect(refused, names[i]).toBeUndefined();
        return [names[i], modelInstructions(readTflite(jobs[i].model), core) / rows[0].layers[0].instructions];
      });
      console.log(ratios.map(([name, ratio]) => `${name} ${ratio.toFixed(2)}`).join(', '));
      expect(ratios.filter(([, ratio]) => ratio < 2 / 3 || ratio > 4 / 3)).toEqual([]);
    });
  },
);
