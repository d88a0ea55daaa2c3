/**
 * Damaged models under AddressSanitizer and UndefinedBehaviorSanitizer: thousands of mutations of generated and of real
 * files are loaded, and run where they load. Nothing may be read or written outside of the file and the memory given. And
 * nonsense said to a whole board; and sound models of one operator each, as native code, against TensorFlow Lite Micro.
 * Longer runs: DORMOUSE_FUZZ_ROUNDS, DORMOUSE_FUZZ_MESSAGES, DORMOUSE_OPERATOR_MODELS.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { installRoot } from '../../src/base';
import { quantiseModel } from '../../src/compress';
import { randomModel } from '../compress/random-models';
import { cppFiles, NativeTests } from '../support/native';
import { dataFolder, describeWith, needsCommands, needsPython, python } from '../support/needs';

const core = 'firmware/dormouse/src';
const messages = Number(process.env['DORMOUSE_FUZZ_MESSAGES'] ?? 100_000);
const operatorModels = Number(process.env['DORMOUSE_OPERATOR_MODELS'] ?? 900);
const rounds = Number(process.env['DORMOUSE_FUZZ_ROUNDS'] ?? 6000);

/** One small model of every operator (int8 and int16), and files that were once too much for the loader. */
const corpus = 'test/firmware/corpus';
const keptModels = (): string[] => readdirSync(join(installRoot(), corpus)).map((name) => join(corpus, name));

/** Small networks over all layer kinds, as seeds for the damage. */
function generatedModels(native: NativeTests, count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const { spec, weights, rows, count: rowCount } = randomModel(index + 1);
    const path = native.path(`${index}.tflite`);
    writeFileSync(path, quantiseModel(spec, weights, { calibration: rows, calibrationCount: rowCount }).tflite);
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

describeWith(needsCommands('g++'), 'a whole simulated board', () => {
  const native = new NativeTests();
  afterAll(() => {
    native.close();
  });

  it(`answers after ${messages} messages of nonsense`, async () => {
    const objects = await native.compile([...cppFiles(core, 'firmware/sim/board'), 'test/firmware/session_fuzz.cpp']);
    const fuzzer = await native.build('session_fuzz', objects);
    expect(await native.run(fuzzer, ['1', String(messages)])).toMatch(/answered (\d+) of \1 greetings/);
  });
});

describeWith(needsCommands('g++'), 'the model loader', () => {
  let native: NativeTests;
  let engine: string[];
  let fuzzer: string;
  beforeAll(async () => {
    native = new NativeTests();
    engine = await native.compile(cppFiles(`${core}/math`, `${core}/nn`));
    fuzzer = await native.build('nn_fuzz', [...engine, 'test/firmware/nn_fuzz.cpp']);
  });
  afterAll(() => {
    native.close();
  });

  it(`survives ${rounds} damaged generated models`, async () => {
    const printed = await native.run(fuzzer, ['1', String(rounds), ...generatedModels(native, 60)]);
    const [, loaded, refused, ran] = /^(\d+) loaded, (\d+) refused, (\d+) run/.exec(printed)?.map(Number) ?? [];
    expect(loaded + refused).toBe(rounds);
    // The damage must not be so great that nothing but the first checks is reached.
    expect(ran).toBeGreaterThan(rounds / 10);
  });

  it(`survives ${rounds} damaged models of one operator each`, async () => {
    const printed = await native.run(fuzzer, ['3', String(rounds), ...keptModels()]);
    expect(printed).toMatch(/loaded/);
  });

  it(`computes ${operatorModels} single operators as TensorFlow Lite Micro`, async (context) => {
    const need = needsPython('tflite_micro', 'numpy');
    if (!need.met) context.skip(need.reason);
    const folder = native.path('operators');
    mkdirSync(folder);
    execFileSync(python, ['test/core/operators.py', folder, '23', String(operatorModels)], { cwd: installRoot() });
    const runner = await native.build('nn_operators', [...engine, 'test/firmware/nn_operators.cpp']);
    const printed = (await native.run(runner, [folder])).trim().split('\n');
    const counts = printed.map((line) => line.split(' ')).map(([, models, different]) => [+models, +different]);
    expect(counts.reduce((sum, [models]) => sum + models, 0)).toBe(operatorModels);
    expect(
      printed.filter((_, i) => counts[i][1] > 0),
      printed.join(),
    ).toEqual([]);
  });

  it(`survives ${rounds / 10} damaged real models`, async (context) => {
    const models = realModels();
    if (models.length === 0) context.skip('needs the recordings in models (set DORMOUSE_DATA)');
    expect(await native.run(fuzzer, ['2', String(rounds / 10), ...models])).toMatch(/loaded/);
  });
});
