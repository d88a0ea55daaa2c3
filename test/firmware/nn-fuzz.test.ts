/**
 * Damaged models under AddressSanitizer and UndefinedBehaviorSanitizer: thousands of mutations of generated and of real
 * files are loaded, and run where they load. Nothing may be read or written outside of the file and the memory given.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { installRoot } from '../../src/base';
import { quantiseModel } from '../../src/compress';
import { randomModel } from '../compress/random-models';
import { dataFolder, describeWith, needsCommands } from '../support/needs';

const run = promisify(execFile);
const root = installRoot();
const core = 'firmware/dormouse/src';
const rounds = Number(process.env['DORMOUSE_FUZZ_ROUNDS'] ?? 6000);

function sources(part: string): string[] {
  return readdirSync(join(root, core, part))
    .filter((name) => name.endsWith('.cpp'))
    .map((name) => join(core, part, name));
}

/** Small networks over all layer kinds, as seeds for the damage. */
function generatedModels(folder: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const model = randomModel(index + 1);
    const { tflite } = quantiseModel(model.spec, model.weights, {
      calibration: model.rows,
      calibrationCount: model.count,
    });
    const path = join(folder, `${index}.tflite`);
    writeFileSync(path, tflite);
    return path;
  });
}

function realModels(): string[] {
  return ['odd', 'tflm', 'mlperf_tiny']
    .map((folder) => dataFolder('models', folder))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .filter((path) => path.endsWith('.tflite'));
}

describeWith(needsCommands('g++'), 'the model loader', () => {
  let work: string;
  let fuzzer: string;
  beforeAll(async () => {
    work = mkdtempSync(join(tmpdir(), 'dormouse-fuzz-'));
    fuzzer = join(work, 'fuzzer');
    const files = ['dsp', 'math', 'nn', 'nn/kernels', 'nn/operators'].flatMap(sources);
    const checks = ['-O1', '-g', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
    const strict = ['-std=c++11', '-Wall', '-Wextra', '-Wconversion', '-Werror', `-I${core}`];
    await run('g++', [...strict, ...checks, ...files, 'test/firmware/nn_fuzz.cpp', '-o', fuzzer], { cwd: root });
  });
  afterAll(() => {
    rmSync(work, { recursive: true, force: true });
  });

  it(`survives ${rounds} damaged generated models`, async () => {
    const { stdout } = await run(fuzzer, ['1', String(rounds), ...generatedModels(work, 60)]);
    const [, loaded, refused, ran] = /^(\d+) loaded, (\d+) refused, (\d+) run/.exec(stdout)?.map(Number) ?? [];
    expect(loaded + refused).toBe(rounds);
    // The damage must not be so great that nothing but the first checks is reached.
    expect(ran).toBeGreaterThan(rounds / 10);
  });

  it(`survives ${rounds / 10} damaged real models`, async () => {
    const models = realModels();
    if (models.length === 0) return;
    const { stdout } = await run(fuzzer, ['2', String(rounds / 10), ...models]);
    expect(stdout).toMatch(/loaded/);
  });
});
