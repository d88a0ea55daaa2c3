/**
 * The int8 engine as code for Cortex-M4F (with its DSP instructions) and Cortex-M0+, in an emulator: the published models
 * layer by layer, and random models of one operator each, against what TensorFlow Lite Micro makes of them. The same bits
 * at every level of optimisation.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ArmEngine, type ArmCore, type ArmJob } from '../support/arm-engine';
import { fnv1a32, goldenInput, goldenModels, readGolden } from '../support/goldens';
import { dataFolder, describeWith, needsCommands, needsPython } from '../support/needs';

const count = Number(process.env['DORMOUSE_ARM_MODELS'] ?? 360);

describeWith(needsCommands('arm-none-eabi-g++', 'qemu-system-arm'), 'the int8 engine on Cortex-M', () => {
  let engine: ArmEngine;
  let folder: string;
  beforeAll(() => {
    engine = new ArmEngine();
    folder = mkdtempSync(join(tmpdir(), 'dormouse-arm-operators-'));
  });
  afterAll(() => {
    engine.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const programs = new Map<string, Promise<string>>();
  const programOf = (core: ArmCore, level: string): Promise<string> => {
    const made = programs.get(core + level) ?? engine.build(core, level);
    programs.set(core + level, made);
    return made;
  };
  const cores: ArmCore[] = ['cortex-m4f', 'cortex-m0plus'];
  const builds = cores.flatMap((core) => ['-O0', '-O2', '-Os'].map((level): [ArmCore, string] => [core, level]));

  it.for(builds)('computes the published models on a %s at %s as the reference kernels do', async (build, context) => {
    const [core, level] = build;
    if (!existsSync(dataFolder('models', 'golden'))) context.skip('needs the recordings in models (set DORMOUSE_DATA)');
    const program = await programOf(core, level);
    for (const [name, file] of goldenModels) {
      const golden = readGolden(name);
      const model = new Uint8Array(readFileSync(dataFolder('models', file)));
      const width = golden.input.shape.reduce((a, b) => a * b, 1);
      // Every level computes every layer of one input; the rest of the inputs tell processors apart, not levels.
      const cases = level === '-O2' ? golden.cases : golden.cases.slice(0, 1);
      const rows = cases.map(({ rule }) => {
        return new Uint8Array(goldenInput(rule, width, golden.input.zero_point).buffer);
      });
      const [run] = await engine.run(core, program, [{ model, rows, layers: true }]);
      cases.forEach((each, i) => {
        expect(run.rows[i].layers.map(({ operator, hash }) => [operator, hash])).toEqual(
          each.layers.map(({ op, fnv1a32 }) => [op, fnv1a32]),
        );
        expect(run.rows[i].hash).toBe(fnv1a32(Uint8Array.from(each.out_ref)));
      });
    }
  });

  it.for(builds)('computes single operators on a %s at %s as TensorFlow Lite Micro', async ([core, level], context) => {
    const need = needsPython('tflite_micro', 'numpy');
    if (!need.met) context.skip(need.reason);
    if (!existsSync(join(folder, '0.out')))
      execFileSync('python3', ['test/core/operators.py', folder, '19', String(count)]);
    const read = (index: number, kind: string): Uint8Array =>
      new Uint8Array(readFileSync(join(folder, `${index}.${kind}`)));
    const halves = (bytes: Uint8Array): Uint8Array[] => [
      bytes.slice(0, bytes.length / 2),
      bytes.slice(bytes.length / 2),
    ];
    const jobs = Array.from({ length: count }, (_, i): ArmJob => ({
      model: read(i, 'tflite'),
      rows: halves(read(i, 'in')),
    }));
    const runs = await engine.run(core, await programOf(core, level), jobs);
    runs.forEach((run, i) => {
      expect(run.refused, `model ${i}`).toBeUndefined();
      expect(
        run.rows.map(({ hash }) => hash),
        `model ${i}`,
      ).toEqual(halves(read(i, 'out')).map(fnv1a32));
    });
  });
});
